/* The kernels for avxvnni: vectors of 8 F32 values, tiles of 6 x 16, in 8 bits 6 x 8. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define LANES 8
#define TILE 16
#define INT8_VECTORS 1
#define DOT4(sum, unsigned4, signed4) ((ints)_mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(unsigned4), (__m256i)(signed4)))
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_avxvnni = {
    .name = "avxvnni",
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
    .int8_rows = int8_rows,
    .int8_pack = int8_pack,
};
#endif
