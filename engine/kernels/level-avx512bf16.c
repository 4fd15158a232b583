/* The kernels for avx512bf16: vectors of 16 F32 values, tiles of 6 x 64. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define LEVEL_BF16
#define LANES 16
#define TILE 64
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

const struct level level_avx512bf16 = {"avx512bf16", 1, strip, glu_back, &attention, &softmax};
#endif
