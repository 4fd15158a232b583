/* The kernels for avx2: vectors of 8 F32 values, tiles of 6 x 16. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#define LANES 8
#define TILE 16
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_avx2 = {
    .name = "avx2",
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
};
#endif
