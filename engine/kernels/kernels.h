/*
 * Shared declarations. The library has no dependency: what it needs of ggml is the layout of a tensor, which the
 * engine checks (336 bytes) before it loads this.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "attention.h"

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Raised whenever a function or a struct that the engine sees changes. */
#define KERNELS_ABI 3

/* ggml_tensor of ggml 0.25. `ne`: values, fastest dimension first; `nb`: strides in bytes. */
struct ggml_tensor {
  int type;
  void *buffer;
  int64_t ne[4];
  size_t nb[4];
  int op;
  int32_t op_params[16];
  int32_t flags;
  struct ggml_tensor *src[10];
  struct ggml_tensor *view_src;
  size_t view_offs;
  void *data;
  char name[64];
  void *extra;
  char padding[8];
};
_Static_assert(sizeof(struct ggml_tensor) == 336, "ggml's tensor has another layout");

/* ggml's type numbers. */
enum { TYPE_F32 = 0, TYPE_F16 = 1, TYPE_Q8_0 = 8, TYPE_I8 = 24, TYPE_BF16 = 30 };

/* How a term's operands lie in memory; see product.c. */
enum { PRODUCT_ROWS = 0, PRODUCT_COLUMNS = 1, PRODUCT_LEFT_TURNED = 2 };

#define MAX_TERMS 4

/* alpha x A B. A[m][k] = a[m x a_row + k x a_step], in values; B as `b_type`, rows of `b_row` bytes. With A of
 * TYPE_I8 (int8.inc.h) a_row counts bytes, and B is Q8_0 or, as TYPE_I8, packed panels. */
struct term {
  const char *a;
  const char *b;
  int64_t depth; /* k runs over 0..depth-1 */
  int64_t a_row;
  int64_t a_step;
  int64_t b_row;
  int a_type; /* TYPE_F32; TYPE_BF16 (then a_step is 1 and depth even); TYPE_I8 */
  int b_type;
  int b_by_depth; /* 0: row n of B holds B[.][n]; 1: row k of B holds B[k][.] */
  float alpha;
};

/* One column strip of the product: what a processor level implements (product.inc.h). */
typedef void strip_function(const struct term *t, int64_t columns, int64_t strip, int64_t first_row, int64_t end_row,
                            float *c, int64_t c_row, int accumulate);

/* d(gate), d(up) of y = act(gate) x up for `count` values (glu.inc.h). */
typedef void glu_function(const float *gate, const float *up, const float *dy, float *d_gate, float *d_up,
                          int64_t count, int gelu);

/* A row of logits (cross-entropy.inc.h). */
struct softmax_functions {
  float (*sum)(const float *logits, int64_t count, float softcap, int32_t *best);
  void (*gradients)(float *logits, int64_t count, float softcap, float log_sum);
};

/*
 * 32 values along the depth of A in 8 bits: value = scale x (q + rest / 254), with the rest only where `fine` is set.
 * `start` = -128 x the sum of q; see int8.inc.h.
 */
#define INT8_BLOCK 32
struct int8_block {
  int8_t q[INT8_BLOCK];
  float scale;
  int32_t start;
  int32_t fine;
};
struct int8_rest {
  int8_t q[INT8_BLOCK];
  int32_t start;
};
#define INT8_ROW_BLOCK (sizeof(struct int8_block) + sizeof(struct int8_rest))

/* Packed B in 8 bits: pieces of 32 (depth) x 32 (columns), each with a scale for every column. */
#define INT8_GROUP 32
#define INT8_PIECE (INT8_BLOCK * INT8_GROUP + 4 * INT8_GROUP)

/* Rows of a tile: those of A are rounded in groups of so many. */
#define ROWS 6

/* `rows` rows of A, ROWS at most, of `count` values, `x_row` bytes apart, to blocks, `out_row` bytes apart. */
typedef void int8_rows_function(const char *x, int64_t x_row, int rows, int64_t count, char *out, int64_t out_row);

/* `blocks` pieces, from depth k0 on, of the columns [n0, n0 + columns), 32 at most, of a term's B. */
typedef void int8_pack_function(const struct term *t, int64_t k0, int blocks, int64_t n0, int columns, char *out);

/* `blocks` x 32 values to Q8_0 (q8.inc.h). */
typedef void q8_function(const float *x, int64_t blocks, char *out);

struct level {
  const char *name;
  int multiplies_bf16;
  strip_function *strip;
  glu_function *glu_back;
  const struct attention_functions *attention;
  const struct softmax_functions *softmax;
  q8_function *q8;
  /* NULL where the level does not multiply in 8 bits. */
  int8_rows_function *int8_rows;
  int8_pack_function *int8_pack;
};

/* Columns of C in one strip: the width of a packed panel on every level. */
#define STRIP 64

/* The level in use; NULL where this processor has none (cpu.c). */
const struct level *current_level(void);
