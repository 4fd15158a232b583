/*
 * A matrix product as a node of ggml's graph: C = sum over terms of alpha x A B, computed by all threads of ggml's
 * pool. C is [N, M] in ggml's order: M rows of N values. A term is one of
 *
 *   rows         C[m][n] += A[m][k] B[n][k]     W x, with W [K,N] and x [K,M]
 *   columns      C[m][n] += A[m][k] B[k][n]     Wᵀ dy, with the same W [N,K] and dy [K,M]; B h of a LoRA path
 *   left turned  C[m][n] += A[k][m] B[k][n]     gradients of A and B: sums over tokens
 *
 * Term i reads src[2i] as A (F32, or BF16 unless turned) and src[2i+1] as B (F32, F16, BF16 or Q8_0). On a level that
 * multiplies in 8 bits, A may be the blocks that `tunesmith_int8_rows` makes (I8), and B is then Q8_0, or panels that
 * `tunesmith_int8_pack` made (I8), which have been turned already: rows and columns are the same to them.
 *
 * Units of work are 64 columns x a share of the rows.
 */
#include "kernels.h"
#include "work.h"

struct product {
  struct work work;
  int terms;
  int kind[MAX_TERMS];
  float alpha[MAX_TERMS];
};

EXPORT size_t tunesmith_product_bytes(void) { return sizeof(struct product); }

EXPORT void tunesmith_product_init(struct product *p) {
  work_init(&p->work);
  p->terms = 0;
}

EXPORT void tunesmith_product_term(struct product *p, int kind, float alpha) {
  p->kind[p->terms] = kind;
  p->alpha[p->terms++] = alpha;
}

static struct term term_of(const struct product *p, const struct ggml_tensor *c, int i) {
  const struct ggml_tensor *a = c->src[2 * i], *b = c->src[2 * i + 1];
  const int64_t row = (int64_t)a->nb[1] / (int64_t)a->nb[0];
  const int turned = p->kind[i] == PRODUCT_LEFT_TURNED;
  if (a->type == TYPE_I8) {
    const int64_t blocks = a->ne[0] / (int64_t)INT8_ROW_BLOCK;
    return (struct term){
        .a = a->data,
        .b = b->data,
        .depth = b->type == TYPE_I8 ? blocks * INT8_BLOCK : b->ne[p->kind[i] == PRODUCT_ROWS ? 0 : 1],
        .a_row = (int64_t)a->nb[1],
        .b_row = (int64_t)b->nb[1],
        .a_type = a->type,
        .b_type = b->type,
        .b_by_depth = p->kind[i] != PRODUCT_ROWS,
        .alpha = p->alpha[i],
    };
  }
  return (struct term){
      .a = a->data,
      .b = b->data,
      .depth = turned ? a->ne[1] : a->ne[0],
      .a_row = turned ? 1 : row,
      .a_step = turned ? row : 1,
      .b_row = (int64_t)b->nb[1],
      .a_type = a->type,
      .b_type = b->type,
      .b_by_depth = p->kind[i] != PRODUCT_ROWS,
      .alpha = p->alpha[i],
  };
}

/* Shares of the rows: enough units for even work, but a unit packs its strip of B again, so not too many. */
static int64_t row_shares(int64_t rows, int64_t strips, int threads) {
  if (threads == 1) return 1;
  const int64_t wanted = (4 * threads + strips - 1) / strips, most = (rows + 47) / 48;
  return wanted < most ? wanted : most;
}

EXPORT void tunesmith_product(struct ggml_tensor *c, int thread, int threads, struct product *p) {
  (void)thread;
  const struct level *level = current_level();
  const int64_t rows = c->ne[1], columns = c->ne[0];
  const int64_t strips = (columns + STRIP - 1) / STRIP, shares = row_shares(rows, strips, threads);
  /* Shares in whole tiles of 6 rows. */
  const int64_t tiles = (rows + 5) / 6;
  for (;;) {
    const int64_t unit = work_take(&p->work);
    if (unit >= strips * shares) break;
    const int64_t share = unit % shares, first = tiles * share / shares * 6;
    int64_t end = tiles * (share + 1) / shares * 6;
    if (end > rows) end = rows;
    for (int i = 0; i < p->terms; i++) {
      const struct term t = term_of(p, c, i);
      level->strip(&t, columns, unit / shares, first, end, c->data, (int64_t)(c->nb[1] / sizeof(float)), i > 0);
    }
  }
  work_finish(&p->work, threads);
}
