/*
 * The loss over a vocabulary on every level of this machine against a plain double-precision reference: odd sizes, with and
 * without softcap, 1 to 8 threads, each node run twice.
 */
#include "support.h"

struct cross_entropy;
size_t tunesmith_cross_entropy_bytes(void);
void tunesmith_cross_entropy_init(struct cross_entropy *, float softcap);
void tunesmith_cross_entropy_sums(struct ggml_tensor *, int, int, struct cross_entropy *);
void tunesmith_cross_entropy_gradients(struct ggml_tensor *, int, int, struct cross_entropy *);

static void check_loss(const char *level, int vocabulary, int rows, float softcap, int threads) {
  const size_t count = (size_t)vocabulary * (size_t)rows;
  float *raw = malloc(count * 4), *data = malloc(count * 4), *result = malloc((size_t)rows * 16);
  int32_t *labels = malloc((size_t)rows * 4);
  for (size_t i = 0; i < count; i++) raw[i] = 12 * random_value();
  for (int r = 0; r < rows; r++) labels[r] = r * vocabulary + (r * 7919 + 3) % vocabulary;
  struct ggml_tensor logits = {.ne = {vocabulary, rows, 1, 1}, .data = data};
  struct ggml_tensor at = {.type = 26, .ne = {rows, 1, 1, 1}, .data = labels};
  struct ggml_tensor sums = {.ne = {rows, 4, 1, 1}, .data = result, .src = {&logits, &at}};
  struct ggml_tensor gradients = {.ne = {vocabulary, rows, 1, 1}, .data = data, .src = {&logits, &sums}};
  struct cross_entropy *node = malloc(tunesmith_cross_entropy_bytes());
  tunesmith_cross_entropy_init(node, softcap);
  for (int round = 0; round < 2; round++) {
    memcpy(data, raw, count * 4);
    run_node((node_function *)tunesmith_cross_entropy_sums, &sums, node, threads);
    run_node((node_function *)tunesmith_cross_entropy_gradients, &gradients, node, threads);
    double worst = 0;
    for (int r = 0; r < rows; r++) {
      const float *x = raw + (size_t)r * (size_t)vocabulary;
      const int label = labels[r] - r * vocabulary;
      double total = 0;
      int best = 0;
#define CAPPED(v) (softcap > 0 ? softcap * tanh((v) / (double)softcap) : (double)(v))
#define SLOPE(v) (softcap > 0 ? 1 - pow(tanh((v) / (double)softcap), 2) : 1)
      for (int i = 0; i < vocabulary; i++) total += exp(CAPPED(x[i]));
      for (int i = 0; i < vocabulary; i++)
        if (x[i] > x[best]) best = i;
      const double expected[] = {log(total), CAPPED(x[label]) - log(total), SLOPE(x[label])};
      for (int i = 0; i < 3; i++) worst = fmax(worst, fabs(result[i * rows + r] - expected[i]));
      int32_t found;
      memcpy(&found, result + 3 * rows + r, sizeof found);
      /* A cap makes neighbours equal: then any of them is the largest. */
      if (found < 0 || found >= vocabulary || CAPPED(x[best]) - CAPPED(x[found]) > 1e-5) worst = INFINITY;
      for (int i = 0; i < vocabulary; i++)
        worst = fmax(worst, fabs(data[(size_t)r * (size_t)vocabulary + (size_t)i] - exp(CAPPED(x[i])) / total * SLOPE(x[i])));
    }
    char what[120];
    snprintf(what, sizeof what, "%s loss %dx%d softcap %g threads %d round %d", level, vocabulary, rows, softcap, threads, round);
    check(what, isnan(worst) ? INFINITY : worst, 2e-5);
  }
  free(raw), free(data), free(result), free(labels), free(node);
}

int main(void) {
  static const int sizes[] = {1, 5, 16, 17, 255, 4099};
  int levels = 0;
  for (const char *level; (level = tunesmith_kernels_level(levels)) != NULL; levels++) {
    if (!tunesmith_kernels_use(level)) return 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
      for (int threads = 1; threads <= 8; threads++)
        for (int cap = 0; cap < 2; cap++) check_loss(level, sizes[i], 1 + threads % 4 * 3, cap ? 5.0f : 0.0f, threads);
    printf("%s\n", level);
  }
  if (levels == 0) printf("this processor has no level: nothing was checked\n");
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
