/* Causal attention: what attention.c hands to a processor level (attention.inc.h). */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Most tokens of a block of queries or keys. */
#define ATTENTION_BLOCK 32

/* Operands of a node: F32, rows are tokens, all strides in values. */
struct attention_shape {
  int64_t features, heads, kv_heads, tokens;
  const float *q, *k, *v;
  int64_t q_row, q_head, k_row, k_head, v_row, v_head;
  float scale;
  float softcap; /* 0: none */
  float *out;    /* token by token, head by head */
  int64_t out_row;
  float *lse; /* log of the sum of e^score, [heads][tokens] */
  /* Backward only. */
  const float *d_out;
  int64_t d_out_row;
  float *dq, *dk, *dv; /* dense */
  float *slope;        /* sum over the features of o x do, [heads][tokens] */
};

struct attention_functions {
  void (*forward)(const struct attention_shape *, const int32_t *first, int64_t q0, int64_t q1, int64_t head,
                  float *scratch);
  void (*keys)(const struct attention_shape *, int64_t k0, int64_t k1, int64_t kv, float *scratch);
  void (*pair)(const struct attention_shape *, const int32_t *first, int64_t q0, int64_t q1, int64_t k0, int64_t k1,
               int64_t head, int first_of_keys, int first_of_queries, float *scratch);
};

/* F32 values of scratch that one thread needs. */
static inline size_t attention_scratch(int64_t features) {
  return (size_t)(2 * features * ATTENTION_BLOCK + 128 * ATTENTION_BLOCK);
}
