/*
 * Every kernel on every level of this machine against a plain double-precision reference: odd shapes, all types of
 * weights, all kinds of terms, 1 to 8 threads, each node run twice (the work counter must come back to zero).
 *
 * Buffers are allocated to the byte, so that the address sanitizer sees a read past the end.
 */
#include "support.h"

struct product;
size_t tunesmith_product_bytes(void);
void tunesmith_product_init(struct product *);
void tunesmith_product_term(struct product *, int kind, float alpha);
void tunesmith_product(struct ggml_tensor *, int, int, struct product *);
void tunesmith_swiglu_back(struct ggml_tensor *, int, int, void *);
void tunesmith_geglu_back(struct ggml_tensor *, int, int, void *);
int tunesmith_kernels_multiplies_bf16(void);

static float from_bits(uint32_t u) {
  float f;
  memcpy(&f, &u, 4);
  return f;
}
static uint32_t to_bits(float f) {
  uint32_t u;
  memcpy(&u, &f, 4);
  return u;
}
static double f16_value(uint16_t h) {
  const int e = (h >> 10) & 31;
  const double m = (h & 1023) / 1024.0, v = e == 0 ? ldexp(m, -14) : ldexp(1 + m, e - 15);
  return h & 0x8000 ? -v : v;
}

/* A tensor [n0, n1] with random values and what they are in double. */
struct matrix {
  struct ggml_tensor tensor;
  double *values;
};

static struct matrix matrix_of(int type, int64_t n0, int64_t n1, int64_t row_padding) {
  struct matrix m = {0};
  const size_t row = type == TYPE_F32 ? (size_t)(n0 + row_padding) * 4 : type == TYPE_Q8_0 ? (size_t)n0 / 32 * 34 : (size_t)n0 * 2;
  const size_t last = type == TYPE_F32 ? (size_t)n0 * 4 : row;
  m.tensor.type = type;
  m.tensor.ne[0] = n0, m.tensor.ne[1] = n1, m.tensor.ne[2] = m.tensor.ne[3] = 1;
  m.tensor.nb[0] = type == TYPE_F32 ? 4 : type == TYPE_Q8_0 ? 34 : 2;
  m.tensor.nb[1] = row;
  char *data = m.tensor.data = malloc(row * (size_t)(n1 - 1) + last);
  m.values = malloc((size_t)(n0 * n1) * sizeof(double));
  for (int64_t r = 0; r < n1; r++)
    for (int64_t i = 0; i < n0; i++) {
      char *at = data + (size_t)r * row;
      double *v = m.values + r * n0 + i;
      if (type == TYPE_F32) *v = ((float *)at)[i] = random_value();
      else if (type == TYPE_BF16) {
        const uint16_t h = (uint16_t)(to_bits(random_value()) >> 16);
        memcpy(at + 2 * i, &h, 2);
        *v = from_bits((uint32_t)h << 16);
      } else if (type == TYPE_F16) {
        const uint16_t h = (uint16_t)((state >> 16) % 0x3c00) | (random_value() < 0 ? 0x8000 : 0);
        memcpy(at + 2 * i, &h, 2);
        *v = f16_value(h);
      } else {
        char *block = at + i / 32 * 34;
        const uint16_t d = 0x1c00 + (uint16_t)((r + i / 32) % 700);
        memcpy(block, &d, 2);
        block[2 + i % 32] = (char)(int8_t)(random_value() * 127);
        *v = f16_value(d) * (int8_t)block[2 + i % 32];
      }
    }
  return m;
}

static void free_matrix(struct matrix *m) {
  free(m->tensor.data);
  free(m->values);
}

struct shape {
  int64_t rows, columns, depth;
};

static void check_product(const char *level, struct shape s, int kind, int a_type, int b_type, int threads, int terms) {
  struct matrix a[MAX_TERMS], b[MAX_TERMS];
  struct ggml_tensor c = {0};
  struct product *node = malloc(tunesmith_product_bytes());
  tunesmith_product_init(node);
  c.ne[0] = s.columns, c.ne[1] = s.rows, c.nb[0] = 4, c.nb[1] = (size_t)s.columns * 4;
  c.data = malloc((size_t)(s.rows * s.columns) * 4);
  double *expected = calloc((size_t)(s.rows * s.columns), sizeof(double));
  double *magnitude = calloc((size_t)(s.rows * s.columns), sizeof(double));
  for (int i = 0; i < terms; i++) {
    /* Further terms have another depth and the other kind. */
    const int64_t depth = i == 0 ? s.depth : 16;
    const int k = i == 0 ? kind : PRODUCT_COLUMNS, at = i == 0 ? a_type : TYPE_F32, bt = i == 0 ? b_type : TYPE_F32;
    const float alpha = i == 0 ? 1.0f : 0.5f;
    a[i] = k == PRODUCT_LEFT_TURNED ? matrix_of(at, s.rows, depth, 3) : matrix_of(at, depth, s.rows, 3);
    b[i] = k == PRODUCT_ROWS ? matrix_of(bt, depth, s.columns, 0) : matrix_of(bt, s.columns, depth, 0);
    tunesmith_product_term(node, k, alpha);
    c.src[2 * i] = &a[i].tensor, c.src[2 * i + 1] = &b[i].tensor;
    for (int64_t m = 0; m < s.rows; m++)
      for (int64_t n = 0; n < s.columns; n++)
        for (int64_t d = 0; d < depth; d++) {
          const double x = k == PRODUCT_LEFT_TURNED ? a[i].values[d * s.rows + m] : a[i].values[m * depth + d];
          const double y = k == PRODUCT_ROWS ? b[i].values[n * depth + d] : b[i].values[d * s.columns + n];
          expected[m * s.columns + n] += alpha * x * y;
          magnitude[m * s.columns + n] += fabs(alpha * x * y);
        }
  }
  /* B is rounded to BF16 where A is: 2^-9 of each product. */
  const double relative = a_type == TYPE_BF16 ? 1.0 / 256 : 2e-6;
  for (int round = 0; round < 2; round++) {
    memset(c.data, 0xff, (size_t)(s.rows * s.columns) * 4);
    run_node((node_function *)tunesmith_product, &c, node, threads);
    double worst = 0;
    for (int64_t i = 0; i < s.rows * s.columns; i++) {
      const double error = fabs(((float *)c.data)[i] - expected[i]) / (magnitude[i] + 1e-6);
      if (!(error <= worst)) worst = error;
    }
    char what[200];
    snprintf(what, sizeof what, "%s product %lldx%lldx%lld kind %d types %d %d threads %d terms %d round %d", level,
             (long long)s.rows, (long long)s.columns, (long long)s.depth, kind, a_type, b_type, threads, terms, round);
    check(what, isnan(worst) ? INFINITY : worst, relative);
  }
  for (int i = 0; i < terms; i++) free_matrix(&a[i]), free_matrix(&b[i]);
  free(c.data), free(expected), free(magnitude), free(node);
}

static void check_glu(const char *level, int64_t features, int64_t tokens, int gelu, int threads) {
  struct matrix in[3];
  struct ggml_tensor out = {0};
  for (int i = 0; i < 3; i++) {
    in[i] = matrix_of(TYPE_F32, features, tokens, 0);
    out.src[i] = &in[i].tensor;
  }
  const int64_t count = features * tokens;
  for (int64_t i = 0; i < count; i++) in[0].values[i] = ((float *)in[0].tensor.data)[i] *= i % 7 == 0 ? 40.0f : 4.0f;
  out.ne[0] = features, out.ne[1] = 2 * tokens;
  out.data = malloc((size_t)(2 * count) * 4);
  run_node(gelu ? tunesmith_geglu_back : tunesmith_swiglu_back, &out, NULL, threads);
  double worst = 0;
  for (int64_t i = 0; i < count; i++) {
    const double a = in[0].values[i], up = in[1].values[i], dy = in[2].values[i];
    const double c2 = gelu ? 2 * sqrt(2 / 3.14159265358979323846) : 1, cubic = gelu ? 0.044715 : 0;
    const double sig = 1 / (1 + exp(-c2 * (a + cubic * a * a * a))), slope = c2 * (1 + 3 * cubic * a * a);
    const double d_up = dy * a * sig, d_gate = dy * up * sig * (1 + a * (1 - sig) * slope);
    const double error = fmax(fabs(((float *)out.data)[i] - d_gate), fabs(((float *)out.data)[count + i] - d_up));
    if (!(error / (1 + fabs(a)) <= worst)) worst = error / (1 + fabs(a));
  }
  char what[100];
  snprintf(what, sizeof what, "%s glu %lldx%lld gelu %d threads %d", level, (long long)features, (long long)tokens, gelu, threads);
  check(what, isnan(worst) ? INFINITY : worst, 3e-6);
  for (int i = 0; i < 3; i++) free_matrix(&in[i]);
  free(out.data);
}

int main(void) {
  static const struct shape shapes[] = {{1, 1, 1},    {1, 64, 32},  {5, 16, 64},   {6, 63, 7},    {7, 65, 96},
                                        {13, 130, 33}, {64, 10, 530}, {97, 200, 515}, {150, 48, 1100}, {3, 257, 64}};
  static const int types[] = {TYPE_F32, TYPE_F16, TYPE_BF16, TYPE_Q8_0};
  int levels = 0;
  for (const char *level; (level = tunesmith_kernels_level(levels)) != NULL; levels++) {
    if (!tunesmith_kernels_use(level)) return 2;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
      for (int kind = 0; kind < 3; kind++)
        for (int type = 0; type < 4; type++)
          for (int bf16 = 0; bf16 <= tunesmith_kernels_multiplies_bf16(); bf16++) {
            struct shape s = shapes[i];
            if (kind == PRODUCT_LEFT_TURNED && bf16) continue;
            if (types[type] == TYPE_Q8_0) {
              if (kind == PRODUCT_ROWS) s.depth = (s.depth + 31) / 32 * 32;
              else s.columns = (s.columns + 31) / 32 * 32;
            }
            if (bf16) s.depth = (s.depth + 1) / 2 * 2;
            const int threads = 1 + (int)((i + (size_t)kind + (size_t)type) % 8);
            check_product(level, s, kind, bf16 ? TYPE_BF16 : TYPE_F32, types[type], threads, 1 + (int)(i % 3));
          }
    for (int threads = 1; threads <= 8; threads++) {
      check_product(level, (struct shape){70, 150, 64}, PRODUCT_ROWS, TYPE_F32, TYPE_Q8_0, threads, 2);
      for (int gelu = 0; gelu < 2; gelu++) check_glu(level, 37, 1 + 3 * threads, gelu, threads);
    }
    printf("%s\n", level);
  }
  if (levels == 0) printf("this processor has no level: nothing was checked\n");
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
