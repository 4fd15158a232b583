/*
 * What products in 8 bits are made of (int8.inc.h): a node that rounds activations, [K,M] F32 to [80 x blocks, M] I8, made
 * once for all products of one input; and the packing of weights when a model is loaded.
 */
#include "kernels.h"

EXPORT void tunesmith_int8_rows(struct ggml_tensor *out, int thread, int threads, void *unused) {
  (void)unused;
  const struct ggml_tensor *x = out->src[0];
  const int64_t rows = out->ne[1], tiles = (rows + ROWS - 1) / ROWS, x_row = (int64_t)x->nb[1], out_row = (int64_t)out->nb[1];
  for (int64_t m = tiles * thread / threads * ROWS; m < tiles * (thread + 1) / threads * ROWS; m += ROWS)
    current_level()->int8_rows((const char *)x->data + m * x_row, x_row, (int)(rows - m < ROWS ? rows - m : ROWS),
                               x->ne[0], (char *)out->data + m * out_row, out_row);
}

EXPORT void tunesmith_q8(const float *x, int64_t blocks, char *out) { current_level()->q8(x, blocks, out); }

/* Bytes of one row of activations of `depth` values. */
EXPORT size_t tunesmith_int8_row_bytes(int64_t depth) {
  return (size_t)((depth + INT8_BLOCK - 1) / INT8_BLOCK) * INT8_ROW_BLOCK;
}

/* Bytes of the panels of B with `depth` x `columns` values. */
EXPORT size_t tunesmith_int8_pack_bytes(int64_t depth, int64_t columns) {
  const int64_t blocks = (depth + INT8_BLOCK - 1) / INT8_BLOCK, groups = (columns + INT8_GROUP - 1) / INT8_GROUP;
  return (size_t)(blocks * groups) * INT8_PIECE;
}

/*
 * Packs rows [first, first + count) of a weight W [in,out] with `out` rows; `first` is a multiple of 32, and so is
 * `count` unless these are the last. `forward` (depth in, columns out: W x) and `backward` (depth out, columns in:
 * Wᵀ dy) may be NULL. `rows` holds the rows alone, in `type` (F32, F16, BF16, Q8_0), each of `row_bytes`.
 */
EXPORT void tunesmith_int8_pack(int type, const char *rows, int64_t row_bytes, int64_t in, int64_t out, int64_t first,
                                int64_t count, struct ggml_tensor *forward, struct ggml_tensor *backward) {
  const struct level *level = current_level();
  const int64_t in_blocks = (in + INT8_BLOCK - 1) / INT8_BLOCK, out_blocks = (out + INT8_BLOCK - 1) / INT8_BLOCK;
  struct term t = {.b = rows, .b_row = row_bytes, .b_type = type, .alpha = 1};
  if (forward != NULL) {
    t.depth = in;
    for (int64_t n = 0; n < count; n += INT8_GROUP) {
      const int columns = (int)(count - n < INT8_GROUP ? count - n : INT8_GROUP);
      char *group = (char *)forward->data + (first + n) / INT8_GROUP * in_blocks * INT8_PIECE;
      level->int8_pack(&t, 0, (int)in_blocks, n, columns, group);
    }
  }
  if (backward != NULL) {
    t.depth = count;
    t.b_by_depth = 1;
    for (int64_t n = 0; n < in; n += INT8_GROUP) {
      const int columns = (int)(in - n < INT8_GROUP ? in - n : INT8_GROUP);
      char *group = (char *)backward->data + (n / INT8_GROUP * out_blocks + first / INT8_BLOCK) * INT8_PIECE;
      level->int8_pack(&t, 0, (int)((count + INT8_BLOCK - 1) / INT8_BLOCK), n, columns, group);
    }
  }
}
