/* The kernels for avx2: vectors of 8 F32 values, tiles of 6 x 16. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#define LEVEL_NAME avx2
#define LANES 8
#define TILE 16
#include "level.inc.h"
#endif
