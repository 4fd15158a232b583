/*
 * Products in 8 bits, four a lane and instruction (VNNI), summed in 32 bits without rounding. Along the depth, both
 * sides have a scale for every block of 32:
 *
 *   C[m][n] = sum over blocks of  sa[m][block] x sb[n][block] x sum over k in block of  qa[m][k] qb[n][k]
 *
 * The instruction wants one side without a sign. Here that is B, stored as qb + 128: the sum then has
 * 128 x (sum of qa) too much, which depends on the row of A alone, so A brings it along (`start`) and the packed
 * weights need no more than 36 bytes for 32 values.
 *
 * A block of A with a value far above the others of its row (hidden states have such channels) would leave little of
 * the other 31. It gets a second block of 8 bits for what the first rounds away, in all six rows of a tile, and is
 * multiplied twice. On real models this is what keeps the gradient's direction, at the cost of few blocks.
 *
 *   row of A    | block: q0 .. q31, scale, start, fine | block | ... | rest: r0 .. r31, start | rest | ...
 *   group of B  32 columns; for each block of k a piece:
 *               | k=0..3: 32 columns x 4 bytes | k=4..7 | ... | k=28..31 | 32 scales |
 *   panels      group after group, each with its pieces in order of k
 *
 * B is packed once when a model is loaded (int8.c), or here, for each use, from Q8_0: along its rows with the stored
 * bytes and scales as they are, across them with new scales, because there a block has 32 of them.
 */
#define INT8_WORDS (INT8_BLOCK / 4)

/* Blocks of packed panels that are used for all rows before the next: 36 KiB, so that they stay in L1 or near it. */
#define INT8_STRETCH 32

/* Blocks that are packed at a time where B is Q8_0: 18 KiB of the thread's stack for each group. */
#define INT8_PACKED 16

/* A block is fine where its largest value is above so many times the root mean square of its row. */
#ifndef INT8_OUTLIER
#define INT8_OUTLIER 4.0f
#endif

/* sum + four products a lane. Vectors of columns in a tile: with 16 lanes there are registers for two. */
#if LANES == 16
#define INT8_VECTORS 2
#define DOT4(sum, unsigned4, signed4) ((ilanes)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(unsigned4), (__m512i)(signed4)))
#else
#define INT8_VECTORS 1
#define DOT4(sum, unsigned4, signed4) ((ilanes)_mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(unsigned4), (__m256i)(signed4)))
#endif

ALWAYS_INLINE ilanes spread(int32_t x) { return (ilanes){0} + x; }

/* Largest magnitude of 32 values. */
static inline float largest_of_block(const float *x) {
  float most[8] = {0};
  for (int i = 0; i < INT8_BLOCK; i += 8)
    for (int j = 0; j < 8; j++) {
      const float magnitude = __builtin_fabsf(x[i + j]);
      most[j] = magnitude > most[j] ? magnitude : most[j];
    }
  for (int half = 4; half > 0; half /= 2)
    for (int j = 0; j < half; j++) most[j] = most[j + half] > most[j] ? most[j + half] : most[j];
  return most[0];
}

/* Rounds to the nearest integer by adding 1.5 x 2^23: below that, an F32 has no bits for a fraction. */
static inline int32_t nearest(float x) { return (int32_t)bits_of_f32(x + 0x1.8p23f) - 0x4b400000; }

/* A block's values as multiples of `scale`, the rest of each as multiples of scale / 254. */
static inline void int8_round(const float *x, float most, int fine, struct int8_block *out, struct int8_rest *rest) {
  const float factor = most > 0 ? 127.0f / most : 0;
  float left[INT8_BLOCK];
  int32_t sum = 0;
  for (int i = 0; i < INT8_BLOCK; i++) {
    const int32_t q = nearest(x[i] * factor);
    out->q[i] = (int8_t)q;
    left[i] = x[i] * factor - (float)q;
    sum += q;
  }
  out->scale = most / 127.0f;
  out->start = -128 * sum;
  out->fine = fine;
  if (!fine) return;
  sum = 0;
  for (int i = 0; i < INT8_BLOCK; i++) {
    const int32_t q = nearest(left[i] * 254.0f);
    rest->q[i] = (int8_t)q;
    sum += q;
  }
  rest->start = -128 * sum;
}

static void int8_rows(const char *x, int64_t x_row, int rows, int64_t count, char *out, int64_t out_row) {
  const int64_t blocks = (count + INT8_BLOCK - 1) / INT8_BLOCK;
  float limit[ROWS];
  for (int i = 0; i < rows; i++) {
    const float *row = (const float *)(x + i * x_row);
    float squares[16] = {0}, sum = 0;
    int64_t k = 0;
    for (; k + 16 <= count; k += 16)
      for (int j = 0; j < 16; j++) squares[j] += row[k + j] * row[k + j];
    for (; k < count; k++) sum += row[k] * row[k];
    for (int j = 0; j < 16; j++) sum += squares[j];
    limit[i] = INT8_OUTLIER * __builtin_sqrtf(sum / (float)count);
  }
  for (int64_t b = 0; b < blocks; b++) {
    float padded[ROWS][INT8_BLOCK], most[ROWS];
    const float *values[ROWS];
    int fine = 0;
    for (int i = 0; i < rows; i++) {
      values[i] = (const float *)(x + i * x_row) + b * INT8_BLOCK;
      if (count - b * INT8_BLOCK < INT8_BLOCK) {
        memset(padded[i], 0, sizeof padded[i]);
        memcpy(padded[i], values[i], (size_t)(count - b * INT8_BLOCK) * sizeof(float));
        values[i] = padded[i];
      }
      most[i] = largest_of_block(values[i]);
      fine |= most[i] > limit[i];
    }
    for (int i = 0; i < rows; i++) {
      struct int8_block *row = (struct int8_block *)(out + i * out_row);
      int8_round(values[i], most[i], fine, row + b, (struct int8_rest *)(row + blocks) + b);
    }
  }
}

/* Row n of a Q8_0 matrix is column n of B: its bytes and scales as they are. */
static void int8_pack_stored(const struct term *t, int64_t k0, int blocks, int64_t n0, int columns, char *out) {
  static const struct q8_block none;
  for (int b = 0; b < blocks; b++, out += INT8_PIECE) {
    float *scales = (float *)(out + INT8_BLOCK * INT8_GROUP);
    for (int n = 0; n < INT8_GROUP; n += 4) {
      uint32_t words[4][INT8_WORDS];
      for (int i = 0; i < 4; i++) {
        const struct q8_block *row = (const struct q8_block *)(t->b + (n0 + n + i) * t->b_row);
        const struct q8_block *block = n + i < columns ? row + k0 / INT8_BLOCK + b : &none;
        scales[n + i] = f32_of_f16(block->d);
        memcpy(words[i], block->q, INT8_BLOCK);
        for (int k = 0; k < INT8_WORDS; k++) words[i][k] ^= 0x80808080u;
      }
      for (int k = 0; k < INT8_WORDS; k += 4)
        transpose4(words[0] + k, INT8_WORDS, (uint32_t *)out + k * INT8_GROUP + n, INT8_GROUP);
    }
  }
}

/* 32 x 32 values [k][n] to a piece. */
static inline void int8_piece(float values[INT8_BLOCK][INT8_GROUP], char *out) {
  float most[INT8_GROUP] = {0}, factor[INT8_GROUP];
  float *scales = (float *)(out + INT8_BLOCK * INT8_GROUP);
  uint32_t *words = (uint32_t *)out;
  for (int k = 0; k < INT8_BLOCK; k++)
    for (int n = 0; n < INT8_GROUP; n++) {
      const float magnitude = __builtin_fabsf(values[k][n]);
      most[n] = magnitude > most[n] ? magnitude : most[n];
    }
  for (int n = 0; n < INT8_GROUP; n++) {
    factor[n] = most[n] > 0 ? 127.0f / most[n] : 0;
    scales[n] = most[n] / 127.0f;
  }
  /* The last byte of the rounded sum is q in two's complement: 1.5 x 2^23 ends in zeros. */
  for (int k = 0; k < INT8_BLOCK; k += 4)
    for (int n = 0; n < INT8_GROUP; n++) {
      const uint32_t q0 = bits_of_f32(values[k][n] * factor[n] + 0x1.8p23f) & 0xff;
      const uint32_t q1 = bits_of_f32(values[k + 1][n] * factor[n] + 0x1.8p23f) & 0xff;
      const uint32_t q2 = bits_of_f32(values[k + 2][n] * factor[n] + 0x1.8p23f) & 0xff;
      const uint32_t q3 = bits_of_f32(values[k + 3][n] * factor[n] + 0x1.8p23f);
      words[k / 4 * INT8_GROUP + n] = (q0 | q1 << 8 | q2 << 16 | q3 << 24) ^ 0x80808080u;
    }
}

/* Any other B: decoded, then rounded to 8 bits with the largest value of each column of the piece. */
static void int8_pack_rounded(const struct term *t, int64_t k0, int blocks, int64_t n0, int columns, char *out) {
  for (int b = 0; b < blocks; b++, out += INT8_PIECE, k0 += INT8_BLOCK) {
    _Alignas(64) float values[INT8_BLOCK][INT8_GROUP] = {{0}};
    const int depth = (int)(t->depth - k0 < INT8_BLOCK ? t->depth - k0 : INT8_BLOCK);
    if (t->b_by_depth)
      for (int k = 0; k < depth; k++) decode(t->b_type, t->b + (k0 + k) * t->b_row, n0, columns, 1, values[k]);
    else
      for (int n = 0; n < columns; n++) {
        float row[INT8_BLOCK];
        decode(t->b_type, t->b + (n0 + n) * t->b_row, k0, depth, 1, row);
        for (int k = 0; k < depth; k++) values[k][n] = row[k];
      }
    int8_piece(values, out);
  }
}

static void int8_pack(const struct term *t, int64_t k0, int blocks, int64_t n0, int columns, char *out) {
  (t->b_type == TYPE_Q8_0 && !t->b_by_depth ? int8_pack_stored : int8_pack_rounded)(t, k0, blocks, n0, columns, out);
}

/* c += (sum of products in 32 bits) x scales, for one block of 6 rows: `start` and the bytes of a row lie at its `at`. */
ALWAYS_INLINE void tile_int8_block(lanes c[ROWS][VECTORS], const char *q, const char *start, const int64_t at[ROWS],
                            const float scale[ROWS], const char *piece) {
  ilanes sum[ROWS][INT8_VECTORS];
  UNROLL_ALL for (int i = 0; i < ROWS; i++) {
    int32_t first;
    memcpy(&first, start + at[i], sizeof first);
    UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) sum[i][j] = spread(first);
  }
  UNROLL_ALL for (int k = 0; k < INT8_WORDS; k++) {
    ilanes b[INT8_VECTORS];
    UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) memcpy(&b[j], piece + 4 * (k * INT8_GROUP + j * LANES), sizeof b[j]);
    UNROLL_ALL for (int i = 0; i < ROWS; i++) {
      int32_t four;
      memcpy(&four, q + at[i] + 4 * k, sizeof four);
      const ilanes x = spread(four);
      UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) sum[i][j] = DOT4(sum[i][j], b[j], x);
    }
  }
  UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) {
    const lanes column = read_lanes(piece + INT8_BLOCK * INT8_GROUP + 4 * j * LANES);
    UNROLL_ALL for (int i = 0; i < ROWS; i++) c[i][j] += __builtin_convertvector(sum[i][j], lanes) * (column * scale[i]);
  }
}

/* 6 rows x `INT8_VECTORS` vectors of columns over `blocks` blocks from `a` and `rest` on. */
ALWAYS_INLINE void tile_int8(const struct int8_block *a, const struct int8_rest *rest, int64_t a_row, const char *group,
                      int blocks, float alpha, float *out, int64_t out_row, int rows, int columns, int accumulate) {
  lanes c[ROWS][VECTORS];
  int64_t at[ROWS];
  float scale[ROWS];
  UNROLL_ALL for (int i = 0; i < ROWS; i++) {
    at[i] = (i < rows ? i : rows - 1) * a_row;
    UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) c[i][j] = (lanes){0};
  }
  for (int b = 0; b < blocks; b++, a++, rest++, group += INT8_PIECE) {
    UNROLL_ALL for (int i = 0; i < ROWS; i++) memcpy(&scale[i], (const char *)&a->scale + at[i], sizeof scale[i]);
    tile_int8_block(c, (const char *)a->q, (const char *)&a->start, at, scale, group);
    if (a->fine) {
      UNROLL_ALL for (int i = 0; i < ROWS; i++) scale[i] *= 1.0f / 254;
      tile_int8_block(c, (const char *)rest->q, (const char *)&rest->start, at, scale, group);
    }
  }
  if (alpha != 1.0f)
    UNROLL_ALL for (int i = 0; i < ROWS; i++)
      UNROLL_ALL for (int j = 0; j < INT8_VECTORS; j++) c[i][j] *= alpha;
  store_tile(c, INT8_VECTORS, out, out_row, rows, columns, accumulate);
}

/* As `strip`, for A of TYPE_I8. A function of its own: the packed panel is on the stack. */
__attribute__((noinline)) static void strip_int8(const struct term *t, int64_t columns, int64_t index,
                                                 int64_t first_row, int64_t end_row, float *c, int64_t c_row,
                                                 int accumulate) {
  _Alignas(64) char packed[INT8_PACKED * INT8_PIECE];
  const int64_t blocks = (t->depth + INT8_BLOCK - 1) / INT8_BLOCK;
  const int64_t end = columns - index * STRIP < STRIP ? columns : (index + 1) * STRIP;
  const int ready = t->b_type == TYPE_I8;
  const int64_t stretch = ready ? INT8_STRETCH : INT8_PACKED;
  for (int64_t b0 = 0; b0 < blocks; b0 += stretch)
    for (int64_t n0 = index * STRIP; n0 < end; n0 += INT8_GROUP) {
      const int count = (int)(blocks - b0 < stretch ? blocks - b0 : stretch);
      const int width = (int)(end - n0 < INT8_GROUP ? end - n0 : INT8_GROUP);
      const char *group = packed;
      if (ready) group = t->b + (n0 / INT8_GROUP * blocks + b0) * INT8_PIECE;
      else int8_pack(t, b0 * INT8_BLOCK, count, n0, width, packed);
      for (int64_t m = first_row; m < end_row; m += ROWS) {
        const struct int8_block *a = (const struct int8_block *)(t->a + m * t->a_row);
        for (int j = 0; j < width; j += INT8_VECTORS * LANES)
          tile_int8(a + b0, (const struct int8_rest *)(a + blocks) + b0, t->a_row, group + 4 * j, count, t->alpha,
                    c + m * c_row + n0 + j, c_row, (int)(end_row - m < ROWS ? end_row - m : ROWS),
                    width - j < INT8_VECTORS * LANES ? width - j : INT8_VECTORS * LANES, accumulate || b0 > 0);
      }
    }
}
