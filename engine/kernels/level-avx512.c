/* The kernels for avx512: vectors of 16 F32 values, tiles of 6 x 64. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#define LANES 16
#define TILE 64
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_avx512 = {
    .name = "avx512",
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
};
#endif
