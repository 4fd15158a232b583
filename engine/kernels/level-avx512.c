/* The kernels for avx512: vectors of 16 F32 values, tiles of 6 x 64. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#define LEVEL_NAME avx512
#define LANES 16
#define TILE 64
#include "level.inc.h"
#endif
