/* The kernels for neon: vectors of 4 F32 values, tiles of 6 x 16. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__aarch64__) || defined(_M_ARM64)
#define LEVEL_NAME neon
#define LANES 4
#define TILE 16
#include "level.inc.h"
#endif
