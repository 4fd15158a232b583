/*
 * The gradient of a gated linear unit as a node: src gate, up, dy, each [F,T]; the result [F,2T] holds d(gate), then
 * d(up). Formula in glu.inc.h.
 */
#include "kernels.h"

static void glu(struct ggml_tensor *out, int thread, int threads, int gelu) {
  const int64_t count = out->ne[0] * out->ne[1] / 2;
  /* Shares in multiples of 16 values, the width of the widest vector. */
  const int64_t first = count / 16 * thread / threads * 16;
  const int64_t end = thread == threads - 1 ? count : count / 16 * (thread + 1) / threads * 16;
  const float *gate = out->src[0]->data, *up = out->src[1]->data, *dy = out->src[2]->data;
  float *d = out->data;
  current_level()->glu_back(gate + first, up + first, dy + first, d + first, d + count + first, end - first, gelu);
}

EXPORT void tunesmith_swiglu_back(struct ggml_tensor *out, int thread, int threads, void *unused) {
  (void)unused;
  glu(out, thread, threads, 0);
}

EXPORT void tunesmith_geglu_back(struct ggml_tensor *out, int thread, int threads, void *unused) {
  (void)unused;
  glu(out, thread, threads, 1);
}
