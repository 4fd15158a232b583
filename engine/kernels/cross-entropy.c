/*
 * The loss over a large vocabulary, between the head's two products, as nodes of ggml's graph. With l = cap(logits) of a
 * row of V values (cap as in attention.c):
 *
 *   sums       src logits [V,n], labels (I32 [n]: label + row x V)
 *              result [n,4]: log of the sum of e^l | max(log p(label), log 1e-30) | 1 - (l(label)/cap)² | most likely token (I32)
 *   gradients  src logits (overwritten), the result of sums: e^l / sum, times 1 - (l/cap)²
 *
 * The logits are read once for each and written once. Rows are handed out one by one.
 */
#include "kernels.h"
#include "work.h"
#include <math.h>
#include <string.h>

struct cross_entropy {
  struct work work;
  float softcap; /* 0: none */
};

EXPORT size_t tunesmith_cross_entropy_bytes(void) { return sizeof(struct cross_entropy); }

EXPORT void tunesmith_cross_entropy_init(struct cross_entropy *c, float softcap) {
  work_init(&c->work);
  c->softcap = softcap;
}

EXPORT void tunesmith_cross_entropy_sums(struct ggml_tensor *out, int thread, int threads, struct cross_entropy *c) {
  (void)thread;
  const struct ggml_tensor *logits = out->src[0];
  const int32_t *labels = out->src[1]->data;
  const int64_t vocabulary = logits->ne[0], rows = logits->ne[1];
  for (int64_t row; (row = work_take(&c->work)) < rows;) {
    const float *x = (const float *)logits->data + row * vocabulary;
    float *result = (float *)out->data + row;
    const float raw = x[labels[row] - row * vocabulary], t = c->softcap > 0 ? tanhf(raw / c->softcap) : 0;
    int32_t best;
    result[0] = current_level()->softmax->sum(x, vocabulary, c->softcap, &best);
    /* A hopeless token costs 69 and not infinity. */
    result[rows] = fmaxf((c->softcap > 0 ? c->softcap * t : raw) - result[0], -69.0776f);
    result[2 * rows] = 1 - t * t;
    memcpy(result + 3 * rows, &best, sizeof best);
  }
  work_finish(&c->work, threads);
}

EXPORT void tunesmith_cross_entropy_gradients(struct ggml_tensor *out, int thread, int threads, struct cross_entropy *c) {
  (void)thread;
  const float *sums = out->src[1]->data;
  const int64_t vocabulary = out->ne[0];
  for (int64_t row; (row = work_take(&c->work)) < out->ne[1];)
    current_level()->softmax->gradients((float *)out->data + row * vocabulary, vocabulary, c->softcap, sums[row]);
  work_finish(&c->work, threads);
}
