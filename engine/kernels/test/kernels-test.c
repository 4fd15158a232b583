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
int tunesmith_kernels_multiplies_int8(void);
void tunesmith_q8(const float *, int64_t blocks, char *);
void tunesmith_int8_rows(struct ggml_tensor *, int, int, void *);
size_t tunesmith_int8_row_bytes(int64_t depth);
size_t tunesmith_int8_pack_bytes(int64_t depth, int64_t columns);
void tunesmith_int8_pack(int type, const char *, int64_t row_bytes, int64_t in, int64_t out, int64_t first, int64_t count,
                         struct ggml_tensor *, struct ggml_tensor *);

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

static struct ggml_tensor bytes_tensor(int64_t row, int64_t rows) {
  struct ggml_tensor t = {.type = TYPE_I8, .ne = {row, rows, 1, 1}, .nb = {1, (size_t)row}};
  t.data = malloc((size_t)(row * rows));
  return t;
}

/*
 * Products in 8 bits of `s.rows` rows with W [in,out] in both directions, from Q8_0 and packed, beside a second term in
 * F32. In each block of 32 the rounding of a value is at most half a step, of both sides where W is turned.
 */
static void check_int8(const char *level, struct shape s, int type, int turned, int packed, int threads, int outliers) {
  const int64_t in = turned ? s.columns : s.depth, out = turned ? s.depth : s.columns;
  struct matrix w = matrix_of(type, in, out, 0), x = matrix_of(TYPE_F32, s.depth, s.rows, 5);
  struct matrix low = matrix_of(TYPE_F32, 16, s.rows, 0), up = matrix_of(TYPE_F32, s.columns, 16, 0);
  for (int64_t m = 0; m < s.rows && outliers; m++) {
    const int64_t k = (m / 3 * 7) % s.depth;
    float *at = (float *)((char *)x.tensor.data + m * (int64_t)x.tensor.nb[1]) + k;
    x.values[m * s.depth + k] = *at *= 100;
  }
  struct ggml_tensor a = bytes_tensor((int64_t)tunesmith_int8_row_bytes(s.depth), s.rows);
  a.src[0] = &x.tensor;
  run_node(tunesmith_int8_rows, &a, NULL, threads);
  struct ggml_tensor pack = bytes_tensor((int64_t)tunesmith_int8_pack_bytes(s.depth, s.columns), 1);
  /* In two pieces, as a loader does. */
  const int64_t half = out / 2 / 32 * 32, row = (int64_t)w.tensor.nb[1];
  for (int64_t first = 0, count = half; first < out && packed; first += count, count = out - half)
    if (count > 0)
      tunesmith_int8_pack(type, (char *)w.tensor.data + first * row, row, in, out, first, count, turned ? NULL : &pack,
                          turned ? &pack : NULL);
    else count = 0;
  struct product *node = malloc(tunesmith_product_bytes());
  tunesmith_product_init(node);
  tunesmith_product_term(node, turned ? PRODUCT_COLUMNS : PRODUCT_ROWS, 0.5f);
  tunesmith_product_term(node, PRODUCT_COLUMNS, 2.0f);
  struct ggml_tensor c = {.ne = {s.columns, s.rows, 1, 1}, .nb = {4, (size_t)s.columns * 4}};
  c.data = malloc((size_t)(s.rows * s.columns) * 4);
  c.src[0] = &a, c.src[1] = packed ? &pack : &w.tensor, c.src[2] = &low.tensor, c.src[3] = &up.tensor;
  for (int round = 0; round < 2; round++) {
    memset(c.data, 0xff, (size_t)(s.rows * s.columns) * 4);
    run_node((node_function *)tunesmith_product, &c, node, threads);
    double worst = 0;
    for (int64_t m = 0; m < s.rows; m++)
      for (int64_t n = 0; n < s.columns; n++) {
        double expected = 0, allowed = 1e-6;
        for (int64_t k0 = 0; k0 < s.depth; k0 += 32) {
          double most_x = 0, most_w = 0, sum_x = 0, sum_w = 0, magnitude = 0;
          for (int64_t k = k0; k < k0 + 32 && k < s.depth; k++) {
            const double xv = x.values[m * s.depth + k], wv = turned ? w.values[k * in + n] : w.values[n * in + k];
            expected += 0.5 * xv * wv;
            magnitude += fabs(xv * wv);
            most_x = fmax(most_x, fabs(xv)), most_w = fmax(most_w, fabs(wv));
            sum_x += fabs(xv), sum_w += fabs(wv);
          }
          const double step_w = type == TYPE_Q8_0 && !turned ? 0 : most_w / 254;
          allowed += 0.5 * (most_x / 254 * (sum_w + 32 * step_w) + step_w * sum_x) * 1.001 + 1e-6 * magnitude;
        }
        for (int64_t k = 0; k < 16; k++) {
          const double term = 2 * low.values[m * 16 + k] * up.values[k * s.columns + n];
          expected += term, allowed += 1e-6 * fabs(term);
        }
        const double error = fabs(((float *)c.data)[m * s.columns + n] - expected) / allowed;
        if (!(error <= worst)) worst = error;
      }
    char what[200];
    snprintf(what, sizeof what, "%s int8 %lldx%lldx%lld type %d turned %d packed %d outliers %d threads %d round %d", level,
             (long long)s.rows, (long long)s.columns, (long long)s.depth, type, turned, packed, outliers, threads, round);
    check(what, isnan(worst) ? INFINITY : worst, 1);
  }
  free_matrix(&w), free_matrix(&x), free_matrix(&low), free_matrix(&up);
  free(a.data), free(pack.data), free(c.data), free(node);
}

/*
 * A block with a value far above its row keeps 16 bits of all its values: the error against the exact product is that of
 * a 254th of a step.
 */
static void check_int8_outlier(const char *level) {
  enum { depth = 256, columns = 32, rows = 6 };
  struct matrix w = matrix_of(TYPE_Q8_0, depth, columns, 0), x = matrix_of(TYPE_F32, depth, rows, 0);
  for (int m = 0; m < rows; m++) x.values[m * depth + 40] = ((float *)x.tensor.data)[m * depth + 40] = 50.0f;
  struct ggml_tensor a = bytes_tensor((int64_t)tunesmith_int8_row_bytes(depth), rows);
  a.src[0] = &x.tensor;
  run_node(tunesmith_int8_rows, &a, NULL, 1);
  struct product *node = malloc(tunesmith_product_bytes());
  tunesmith_product_init(node);
  tunesmith_product_term(node, PRODUCT_ROWS, 1);
  struct ggml_tensor c = {.ne = {columns, rows, 1, 1}, .nb = {4, columns * 4}, .src = {&a, &w.tensor}};
  c.data = malloc(rows * columns * 4);
  run_node((node_function *)tunesmith_product, &c, node, 1);
  double worst = 0;
  for (int m = 0; m < rows; m++)
    for (int n = 0; n < columns; n++) {
      double expected = 0, allowed = 1e-5;
      for (int k = 0; k < depth; k++) {
        const double wv = w.values[n * depth + k];
        expected += x.values[m * depth + k] * wv;
        allowed += fabs(wv) * (k / 32 == 1 ? 50.0 / 254 / 254 : 1.0 / 254) * 1.001;
      }
      worst = fmax(worst, fabs(((float *)c.data)[m * columns + n] - expected) / allowed);
    }
  char what[100];
  snprintf(what, sizeof what, "%s int8 outlier", level);
  check(what, worst, 1);
  free_matrix(&w), free_matrix(&x), free(a.data), free(c.data), free(node);
}

/*
 * Sixteen values in even steps from any least one (what Q4_1 holds): Q8_0 must keep them much nearer than rounding does,
 * which is off by 0.29 steps on average. Values without steps: no worse than rounding.
 */
static void check_q8(const char *level) {
  enum { rounds = 100 };
  double error[2] = {0};
  for (int round = 0; round < rounds; round++) {
    float x[64];
    const float step = 0.01f + fabsf(random_value()), least = -8 * step + 4 * step * random_value();
    for (int i = 0; i < 64; i++) x[i] = i < 32 ? least + step * (float)(i % 16) : (1 + (float)round) * random_value();
    char *out = malloc(68);
    tunesmith_q8(x, 2, out);
    for (int block = 0; block < 2; block++) {
      double squares = 0, most = 0;
      uint16_t d;
      memcpy(&d, out + block * 34, 2);
      for (int i = 0; i < 32; i++) {
        const double value = x[block * 32 + i], off = value - f16_value(d) * (int8_t)out[block * 34 + 2 + i];
        squares += off * off;
        most = fmax(most, fabs(value));
      }
      error[block] += sqrt(squares / 32) / (most / 127) / rounds;
    }
    free(out);
  }
  char what[100];
  snprintf(what, sizeof what, "%s q8, values in steps, then any", level);
  check(what, error[0], 0.15);
  check(what, error[1], 0.30);
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
    check_q8(level);
    if (tunesmith_kernels_multiplies_int8()) {
      check_int8_outlier(level);
      for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int kind = 0; kind < 16; kind++) {
          struct shape s = shapes[i];
          const int type = kind & 1 ? TYPE_Q8_0 : TYPE_F32, turned = kind >> 1 & 1, packed = kind >> 2 & 1;
          if (!packed && type != TYPE_Q8_0) continue;
          if (type == TYPE_Q8_0 && turned) s.columns = (s.columns + 31) / 32 * 32;
          if (type == TYPE_Q8_0 && !turned) s.depth = (s.depth + 31) / 32 * 32;
          check_int8(level, s, type, turned, packed, 1 + (int)(i + (size_t)kind) % 8, kind >> 3);
        }
      for (int threads = 1; threads <= 8; threads++)
        for (int turned = 0; turned < 2; turned++)
          check_int8(level, (struct shape){70, 160, 2080}, TYPE_Q8_0, turned, 1, threads, 1);
    }
    printf("%s\n", level);
  }
  if (levels == 0) printf("this processor has no level: nothing was checked\n");
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
