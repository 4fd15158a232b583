/*
 * One unit of a matrix product on one level: rows [first_row, end_row) of a strip of 64 columns of C.
 * The strip's B is packed in pieces and each piece is used for all rows before the next:
 *
 *        strip                 for each piece of k:
 *   C  ┌──┬──┬──┐                pack B[k piece][strip] (stays in L2)
 *      │  │▓▓│  │                for 6 rows at a time: tile += A[rows][k piece] x panel
 *      └──┴──┴──┘
 */
#include <math.h>
#include <string.h>

/*
 * Words of k in one piece (a word is one F32 or a pair of BF16). The panel of 64 KiB lies on the thread's stack, of
 * which a call from JavaScript has 128 KiB.
 */
#define DEPTH 256

#include "decode.inc.h"
#include "panel.inc.h"
#include "tile.inc.h"
#include "glu.inc.h"
#include "q8.inc.h"
#ifdef LEVEL_VNNI
#include "int8.inc.h"
#endif

#define EACH_WIDTH(call)                                                                                               \
  switch ((count + LANES - 1) / LANES) {                                                                               \
    case 1: call(1); break;                                                                                            \
    case 2: call(2); break;                                                                                            \
    case 3: call(VECTORS < 3 ? VECTORS : 3); break;                                                                    \
    default: call(VECTORS); break;                                                                                     \
  }

static void strip(const struct term *t, int64_t columns, int64_t index, int64_t first_row, int64_t end_row, float *c,
                  int64_t c_row, int accumulate) {
#ifdef LEVEL_VNNI
  if (t->a_type == TYPE_I8) {
    strip_int8(t, columns, index, first_row, end_row, c, c_row, accumulate);
    return;
  }
#endif
  _Alignas(64) uint32_t panel[DEPTH * STRIP];
  const int64_t n0 = index * STRIP;
  const int width = (int)(columns - n0 < STRIP ? columns - n0 : STRIP);
#ifdef LEVEL_BF16
  const int pairs = t->a_type == TYPE_BF16;
#else
  const int pairs = 0;
#endif
  const int piece = pairs ? 2 * DEPTH : DEPTH;
  for (int64_t k0 = 0; k0 < t->depth; k0 += piece) {
    const int depth = (int)(t->depth - k0 < piece ? t->depth - k0 : piece);
    const int words = ((pairs ? depth / 2 : depth) + 3) / 4 * 4;
    (t->b_by_depth ? pack_by_depth : pack_by_columns)(t, k0, depth, n0, width, pairs, panel);
    const int sum = accumulate || k0 > 0;
    for (int64_t m = first_row; m < end_row; m += ROWS) {
      const int rows = (int)(end_row - m < ROWS ? end_row - m : ROWS);
      for (int j = 0; j < width; j += TILE) {
        const int count = width - j < TILE ? width - j : TILE;
        const uint32_t *group = panel + (size_t)j * words;
        float *out = c + m * c_row + n0 + j;
#ifdef LEVEL_BF16
        if (pairs) {
          const uint16_t *a = (const uint16_t *)t->a + m * t->a_row + k0;
#define CALL(v) tile_bf16(v, a, t->a_row, group, depth, out, c_row, rows, count, sum)
          EACH_WIDTH(CALL)
#undef CALL
          continue;
        }
#endif
        const float *a = (const float *)t->a + m * t->a_row + k0 * t->a_step;
#define CALL(v) tile_f32(v, a, t->a_row, t->a_step, (const float *)group, depth, out, c_row, rows, count, sum)
        EACH_WIDTH(CALL)
#undef CALL
      }
    }
  }
}
