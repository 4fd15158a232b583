/*
 * Packing: a piece of B, `depth` deep and up to 64 columns wide, in the order in which the tiles read it.
 *
 *   F32 panel   groups of TILE columns, in a group k by k:   | k=0: TILE floats | k=1: TILE floats | ...
 *   BF16 panel  the same with pairs of k in one 32-bit word:  | k=0,1: TILE pairs | k=2,3: TILE pairs | ...
 *
 * A column beyond the matrix is zero. Every piece of a weight is decoded here, once for all rows of C in the unit,
 * so one stored copy serves W x (row n of W is column n of B) and Wᵀ dy (row k of W is row k of B).
 */
typedef uint32_t word4 __attribute__((vector_size(16)));

static inline word4 load4(const uint32_t *p) {
  word4 v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* 32-bit words: 4 rows of 4 become 4 columns. Source rows are `from` words apart, target rows `to`. */
static inline void transpose4(const uint32_t *x, int64_t from, uint32_t *out, int64_t to) {
  const word4 a = load4(x), b = load4(x + from), c = load4(x + 2 * from), d = load4(x + 3 * from);
  const word4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const word4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const word4 r0 = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  const word4 r1 = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  const word4 r2 = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  const word4 r3 = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  memcpy(out, &r0, sizeof r0);
  memcpy(out + to, &r1, sizeof r1);
  memcpy(out + 2 * to, &r2, sizeof r2);
  memcpy(out + 3 * to, &r3, sizeof r3);
}

/* Row n of B is column n of the panel. `words`: words of depth, rounded up to 4 by the caller's buffer. */
static void pack_by_columns(const struct term *t, int64_t k0, int depth, int64_t n0, int columns, int pairs,
                            uint32_t *panel) {
  const int words = pairs ? depth / 2 : depth;
  const int padded = (words + 3) / 4 * 4;
  const int width = (columns + LANES - 1) / LANES * LANES;
  _Alignas(64) uint32_t rows[4][DEPTH];
  _Alignas(64) float decoded[2 * DEPTH];
  for (int n = 0; n < width; n += 4) {
    for (int i = 0; i < 4; i++) {
      if (n + i >= columns) {
        memset(rows[i], 0, (size_t)padded * 4);
        continue;
      }
      const char *row = t->b + (n0 + n + i) * t->b_row;
      if (pairs) {
        uint16_t *halves = (uint16_t *)rows[i];
        decode(t->b_type, row, k0, depth, t->alpha, decoded);
        for (int k = 0; k < depth; k++) halves[k] = bf16_of_f32(decoded[k]);
      } else decode(t->b_type, row, k0, depth, t->alpha, (float *)rows[i]);
      for (int k = words; k < padded; k++) rows[i][k] = 0;
    }
    uint32_t *out = panel + (size_t)(n / TILE) * TILE * padded + n % TILE;
    for (int k = 0; k < words; k += 4) transpose4(rows[0] + k, DEPTH, out + (size_t)k * TILE, TILE);
  }
}

/* Row k of B is row k of the panel. */
static void pack_by_depth(const struct term *t, int64_t k0, int depth, int64_t n0, int columns, int pairs,
                          uint32_t *panel) {
  const int words = pairs ? depth / 2 : depth;
  const int padded = (words + 3) / 4 * 4;
  const int width = (columns + LANES - 1) / LANES * LANES;
  _Alignas(64) float even[STRIP] = {0}, odd[STRIP] = {0};
  _Alignas(64) uint32_t line[STRIP] = {0};
  for (int k = 0; k < words; k++) {
    const char *row = t->b + (k0 + (pairs ? 2 * k : k)) * t->b_row;
    decode(t->b_type, row, n0, columns, t->alpha, pairs ? even : (float *)line);
    if (pairs) {
      decode(t->b_type, row + t->b_row, n0, columns, t->alpha, odd);
      for (int j = 0; j < STRIP; j++) line[j] = bf16_of_f32(even[j]) | (uint32_t)bf16_of_f32(odd[j]) << 16;
    }
    for (int j = 0; j < width; j += TILE) {
      const int count = width - j < TILE ? width - j : TILE;
      memcpy(panel + (size_t)(j / TILE) * TILE * padded + (size_t)k * TILE, line + j, (size_t)count * 4);
    }
  }
}
