/* The kernels for avxvnni: vectors of 8 F32 values, tiles of 6 x 16, in 8 bits 6 x 8. Compiled with this level's instructions. */
#include "kernels.h"
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define LEVEL_NAME avxvnni
#define LEVEL_VNNI
#define LANES 8
#define TILE 16
#include "level.inc.h"
#endif
