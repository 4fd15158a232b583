/* The kernels for neon: vectors of 4 F32 values, tiles of 6 x 16. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__aarch64__) || defined(_M_ARM64)
#define LANES 4
#define TILE 16
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_neon = {
    .name = "neon",
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
};
#endif
