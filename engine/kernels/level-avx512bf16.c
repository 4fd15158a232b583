/* The kernels for avx512bf16: vectors of 16 F32 values, tiles of 6 x 64, in 8 bits 6 x 32. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define LEVEL_NAME avx512bf16
#define LEVEL_BF16
#define LEVEL_VNNI
#define LANES 16
#define TILE 64
#include "level.inc.h"
#endif
