/* The kernels for avx512vnni: vectors of 16 F32 values, tiles of 6 x 64, in 8 bits 6 x 32. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define LANES 16
#define TILE 64
#define INT8_VECTORS 2
#define DOT4(sum, unsigned4, signed4) ((ints)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(unsigned4), (__m512i)(signed4)))
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_avx512vnni = {
    .name = "avx512vnni",
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
    .int8_rows = int8_rows,
    .int8_pack = int8_pack,
};
#endif
