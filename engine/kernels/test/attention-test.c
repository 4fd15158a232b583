/*
 * Fused attention, forward and backward, on every level of this machine against a plain double-precision reference: head
 * sizes of the supported families and odd ones, packs of sequences, sliding windows, softcap, 1 to 8 threads. Every node
 * runs twice (its counters must come back to zero), and all numbers of threads must give the same bits.
 *
 * Buffers are allocated to the byte, so that the address sanitizer sees a read past the end.
 */
#include "support.h"

struct attention;
size_t tunesmith_attention_bytes(int64_t tokens, int64_t kv_heads);
void tunesmith_attention_init(struct attention *, int64_t tokens, int64_t kv_heads, float scale, float softcap);
void tunesmith_attention(struct ggml_tensor *, int, int, struct attention *);
void tunesmith_attention_back(struct ggml_tensor *, int, int, struct attention *);

struct setting {
  int features, heads, kv_heads;
  int lengths[5]; /* of the sequences, up to a 0 */
  int window;     /* 0: none */
  float softcap;  /* 0: none */
};

static const struct setting settings[] = {
    {64, 3, 1, {1}, 0, 0},
    {64, 9, 3, {71, 130}, 0, 0},
    {128, 4, 2, {33, 2, 5, 64}, 0, 0},
    {256, 4, 1, {150}, 60, 0},
    {256, 2, 1, {64}, 0, 30},
    {80, 2, 2, {45, 45}, 7, 5},
    {96, 6, 2, {31, 1, 1, 40}, 0, 0},
    {8, 4, 2, {5, 7}, 0, 3},
    {10, 2, 1, {70}, 0, 0},
    {33, 1, 1, {300}, 100, 0},
    {64, 2, 2, {290, 20}, 1, 0},
};

/* A tensor with random values in exactly as many bytes as it has. */
static struct ggml_tensor tensor_of(int64_t n0, int64_t n1, int64_t n2, float scale) {
  struct ggml_tensor t = {.ne = {n0, n1, n2, 1}, .nb = {4, (size_t)n0 * 4, (size_t)(n0 * n1) * 4, (size_t)(n0 * n1 * n2) * 4}};
  float *data = t.data = malloc(t.nb[3]);
  for (int64_t i = 0; i < n0 * n1 * n2; i++) data[i] = scale * random_value();
  return t;
}

/* o, dq, dk, dv one after the other, and lse. */
struct expected {
  double *o, *lse, *dq, *dk, *dv;
};

static struct expected reference(const struct setting *s, int tokens, const int32_t *first, float scale, const float *q,
                                 const float *k, const float *v, const float *d_out) {
  const int f = s->features, group = s->heads / s->kv_heads, q_row = f * s->heads, k_row = f * s->kv_heads;
  struct expected e;
  e.o = calloc((size_t)(tokens * q_row), sizeof(double));
  e.dq = calloc((size_t)(tokens * q_row), sizeof(double));
  e.dk = calloc((size_t)(tokens * k_row), sizeof(double));
  e.dv = calloc((size_t)(tokens * k_row), sizeof(double));
  e.lse = calloc((size_t)(tokens * s->heads), sizeof(double));
  double *p = malloc((size_t)tokens * sizeof(double)), *raw = malloc((size_t)tokens * sizeof(double));
  for (int h = 0; h < s->heads; h++)
    for (int t = 0; t < tokens; t++) {
      const float *qt = q + t * q_row + h * f, *dt = d_out + t * q_row + h * f;
      const int kv = h / group;
      double z = 0;
      for (int j = first[t]; j <= t; j++) {
        double x = 0;
        for (int d = 0; d < f; d++) x += (double)qt[d] * k[j * k_row + kv * f + d];
        raw[j] = x * scale;
        p[j] = exp(s->softcap > 0 ? s->softcap * tanh(raw[j] / s->softcap) : raw[j]);
        z += p[j];
      }
      e.lse[h * tokens + t] = log(z);
      double slope = 0;
      for (int j = first[t]; j <= t; j++) {
        p[j] /= z;
        for (int d = 0; d < f; d++) {
          e.o[t * q_row + h * f + d] += p[j] * v[j * k_row + kv * f + d];
          slope += p[j] * v[j * k_row + kv * f + d] * dt[d];
        }
      }
      for (int j = first[t]; j <= t; j++) {
        double dp = 0;
        for (int d = 0; d < f; d++) dp += (double)dt[d] * v[j * k_row + kv * f + d];
        const double inner = s->softcap > 0 ? tanh(raw[j] / s->softcap) : 0;
        const double ds = p[j] * (dp - slope) * (1 - inner * inner) * scale;
        for (int d = 0; d < f; d++) {
          e.dv[j * k_row + kv * f + d] += p[j] * dt[d];
          e.dk[j * k_row + kv * f + d] += ds * qt[d];
          e.dq[t * q_row + h * f + d] += ds * k[j * k_row + kv * f + d];
        }
      }
    }
  free(p), free(raw);
  return e;
}

/* Largest difference, relative to the largest value or 1: where one key is seen, gradients are 0. */
static double difference(const float *ours, const double *theirs, int64_t count) {
  double worst = 0, largest = 1;
  for (int64_t i = 0; i < count; i++) {
    if (isnan(ours[i])) return INFINITY;
    worst = fmax(worst, fabs(ours[i] - theirs[i]));
    largest = fmax(largest, fabs(theirs[i]));
  }
  return worst / largest;
}

static void check_attention(const char *level, const struct setting *s) {
  int tokens = 0;
  for (int i = 0; i < 5; i++) tokens += s->lengths[i];
  int32_t *first = malloc((size_t)tokens * sizeof *first);
  for (int i = 0, at = 0; i < 5 && s->lengths[i] > 0; i++) {
    const int start = at;
    for (; at < start + s->lengths[i]; at++) first[at] = s->window > 0 && at - s->window + 1 > start ? at - s->window + 1 : start;
  }
  const float scale = 1 / sqrtf((float)s->features);
  /* Scores of some size, so that softmax and softcap have something to do. */
  struct ggml_tensor q = tensor_of(s->features, s->heads, tokens, 5), k = tensor_of(s->features, s->kv_heads, tokens, 1);
  struct ggml_tensor v = tensor_of(s->features, s->kv_heads, tokens, 1), d_out = tensor_of(s->features * s->heads, tokens, 1, 1);
  struct ggml_tensor starts = {.type = 26, .ne = {tokens, 1, 1, 1}, .data = first};
  const int64_t all = (int64_t)s->features * s->heads * tokens, kept = (int64_t)s->features * s->kv_heads * tokens;
  const int64_t rows = (int64_t)s->heads * tokens;
  struct ggml_tensor out = tensor_of(all + rows, 1, 1, 0), back = tensor_of(all + 2 * kept + rows, 1, 1, 0);
  struct ggml_tensor *inputs[] = {&q, &k, &v, &starts, &out, &d_out};
  memcpy(out.src, inputs, 4 * sizeof *inputs);
  memcpy(back.src, inputs, 6 * sizeof *inputs);
  const struct expected e = reference(s, tokens, first, scale, q.data, k.data, v.data, d_out.data);
  struct attention *node = malloc(tunesmith_attention_bytes(tokens, s->kv_heads));
  struct attention *node_back = malloc(tunesmith_attention_bytes(tokens, s->kv_heads));
  tunesmith_attention_init(node, tokens, s->kv_heads, scale, s->softcap);
  tunesmith_attention_init(node_back, tokens, s->kv_heads, scale, s->softcap);
  float *one_thread = malloc(back.nb[3]);
  static const int numbers[] = {1, 2, 3, 5, 8};
  for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
    for (int round = 0; round < 2; round++) {
      const int threads = numbers[n];
      memset(out.data, 0xff, out.nb[3]);
      memset(back.data, 0xff, back.nb[3]);
      run_node((node_function *)tunesmith_attention, &out, node, threads);
      run_node((node_function *)tunesmith_attention_back, &back, node_back, threads);
      const float *o = out.data, *d = back.data;
      const struct {
        const char *name;
        const float *ours;
        const double *theirs;
        int64_t count;
      } parts[] = {{"o", o, e.o, all},           {"lse", o + all, e.lse, rows},    {"dq", d, e.dq, all},
                   {"dk", d + all, e.dk, kept}, {"dv", d + all + kept, e.dv, kept}};
      for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char what[200];
        snprintf(what, sizeof what, "%s attention %d heads %d/%d tokens %d window %d threads %d round %d: %s", level,
                 s->features, s->heads, s->kv_heads, tokens, s->window, threads, round, parts[i].name);
        check(what, difference(parts[i].ours, parts[i].theirs, parts[i].count), 2e-5);
      }
      if (threads == 1) memcpy(one_thread, back.data, back.nb[3]);
      check("attention: the same bits on any number of threads", memcmp(one_thread, back.data, back.nb[3]) != 0, 0);
    }
  free(first), free(node), free(node_back), free(one_thread);
  free(e.o), free(e.lse), free(e.dq), free(e.dk), free(e.dv);
  free(q.data), free(k.data), free(v.data), free(d_out.data), free(out.data), free(back.data);
}

int main(void) {
  int levels = 0;
  for (const char *level; (level = tunesmith_kernels_level(levels)) != NULL; levels++) {
    if (!tunesmith_kernels_use(level)) return 2;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) check_attention(level, &settings[i]);
    printf("%s\n", level);
  }
  if (levels == 0) printf("this processor has no level: nothing was checked\n");
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
