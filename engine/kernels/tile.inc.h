/*
 * The innermost loop: a tile of 6 rows x TILE columns of C stays in registers while k runs.
 *
 *             panel[k]:  b0 b1 .. (vectors of LANES columns)
 *   a[0][k] ─►  c00 c01 ..
 *   a[1][k] ─►  c10 c11 ..          c[i][j] += a[i][k] x b[j]
 *     ...
 *   a[5][k] ─►  c50 c51 ..
 *
 * A is read where it lies, one value (or pair) of each row at a time. Rows beyond the matrix repeat the last one and
 * are not stored.
 */
#include "vector.inc.h"

#define VECTORS (TILE / LANES)

ALWAYS_INLINE void store_tile(lanes c[ROWS][VECTORS], const int vectors, float *out, int64_t out_row, int rows, int columns,
                       int accumulate) {
  if (rows == ROWS && columns == vectors * LANES) {
    UNROLL_ALL for (int i = 0; i < ROWS; i++) {
      UNROLL_ALL for (int j = 0; j < vectors; j++) {
        float *p = out + i * out_row + j * LANES;
        lanes sum = accumulate ? c[i][j] + read_lanes(p) : c[i][j];
        memcpy(p, &sum, sizeof sum);
      }
    }
    return;
  }
  float tile[ROWS][TILE];
  UNROLL_ALL for (int i = 0; i < ROWS; i++) {
    UNROLL_ALL for (int j = 0; j < vectors; j++) memcpy(&tile[i][j * LANES], &c[i][j], sizeof(lanes));
  }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) out[i * out_row + j] = accumulate ? out[i * out_row + j] + tile[i][j] : tile[i][j];
}

ALWAYS_INLINE void tile_f32(const int vectors, const float *a, int64_t a_row, int64_t a_step, const float *panel, int depth,
                     float *out, int64_t out_row, int rows, int columns, int accumulate) {
  lanes c[ROWS][VECTORS];
  int64_t at[ROWS];
  UNROLL_ALL for (int i = 0; i < ROWS; i++) {
    at[i] = (i < rows ? i : rows - 1) * a_row;
    UNROLL_ALL for (int j = 0; j < vectors; j++) c[i][j] = (lanes){0};
  }
  for (int k = 0; k < depth; k++, a += a_step, panel += TILE) {
    lanes b[VECTORS];
    UNROLL_ALL for (int j = 0; j < vectors; j++) b[j] = read_lanes(panel + j * LANES);
    UNROLL_ALL for (int i = 0; i < ROWS; i++) {
      const float x = a[at[i]];
      UNROLL_ALL for (int j = 0; j < vectors; j++) c[i][j] += b[j] * x;
    }
  }
  store_tile(c, vectors, out, out_row, rows, columns, accumulate);
}

#ifdef LEVEL_BF16
/* Two products a lane and instruction, summed in F32. */
ALWAYS_INLINE void tile_bf16(const int vectors, const uint16_t *a, int64_t a_row, const uint32_t *panel, int depth, float *out,
                      int64_t out_row, int rows, int columns, int accumulate) {
  lanes c[ROWS][VECTORS];
  int64_t at[ROWS];
  UNROLL_ALL for (int i = 0; i < ROWS; i++) {
    at[i] = (i < rows ? i : rows - 1) * a_row;
    UNROLL_ALL for (int j = 0; j < vectors; j++) c[i][j] = (lanes){0};
  }
  for (int k = 0; k < depth; k += 2, a += 2, panel += TILE) {
    __m512i b[VECTORS];
    UNROLL_ALL for (int j = 0; j < vectors; j++) b[j] = _mm512_loadu_si512(panel + j * LANES);
    UNROLL_ALL for (int i = 0; i < ROWS; i++) {
      int32_t pair;
      memcpy(&pair, a + at[i], sizeof pair);
      const __m512i x = _mm512_set1_epi32(pair);
      UNROLL_ALL for (int j = 0; j < vectors; j++)
          c[i][j] = (lanes)_mm512_dpbf16_ps((__m512)c[i][j], (__m512bh)x, (__m512bh)b[j]);
    }
  }
  store_tile(c, vectors, out, out_row, rows, columns, accumulate);
}
#endif
