/*
 * Causal attention with grouped queries as nodes of ggml's graph:
 *
 *   o = softmax(cap(scale x q·k)) v,   cap(s) = softcap x tanh(s / softcap) where there is one
 *
 * Query t sees the keys first[t] .. t. `first` never falls, so it says both where the sequences of a pack begin and how
 * far a sliding window reaches back, and no T x T matrix exists: neither scores nor a mask.
 *
 *   forward   src q [F,H,T], k and v [F,KV,T], first (I32 [T]);        result o [F,H,T], then lse [T,H]
 *   backward  the same four, the result of forward, do [F x H,T];      result dq, dk, dv, then sum of o x do [T,H]
 *
 * Tokens are cut into blocks (at the starts of sequences where they are not too short), the same for queries and keys:
 *
 *            keys  A    B    C   D        two sequences, of blocks A B and C D: only the marked pairs are computed
 *   queries A    | \  |    |   |    |
 *           B    | ## | \  |   |    |     forward:   a unit is a block of queries of one head; many keys first
 *           C    |    |    | \ |    |     backward:  a unit is a block of keys of a group: it owns their dk and dv and goes
 *           D    |    |    | # | \  |                down its column
 *
 * The units of a column add to the dq of the same queries. They do so from left to right, each waiting for the one
 * before it (`done`), so sums have one order and results do not depend on the number of threads. Units are handed out from
 * left to right too, so the one that is waited for has always been taken by a thread, and nothing can lock up.
 */
#include "attention.h"
#include "kernels.h"
#include "work.h"
#include <stdlib.h>
#ifndef _WIN32
#include <sched.h>
#endif

/* A sequence shorter than this may share its block with the next: there are at most T / 8 + 1 blocks. */
#define SHORTEST_BLOCK 8

struct attention {
  struct work work;
  int counters;
  float scale;
  float softcap;
  /* Backward: units that have added to the dq of each block of queries, by group. */
  atomic_int done[];
};

static int64_t most_blocks(int64_t tokens) { return tokens / SHORTEST_BLOCK + 1; }

EXPORT size_t tunesmith_attention_bytes(int64_t tokens, int64_t kv_heads) {
  return sizeof(struct attention) + (size_t)(most_blocks(tokens) * kv_heads) * sizeof(atomic_int);
}

EXPORT void tunesmith_attention_init(struct attention *a, int64_t tokens, int64_t kv_heads, float scale, float softcap) {
  work_init(&a->work);
  a->counters = (int)(most_blocks(tokens) * kv_heads);
  a->scale = scale;
  a->softcap = softcap;
  for (int i = 0; i < a->counters; i++) atomic_init(&a->done[i], 0);
}

/* Block i is tokens [start[i], start[i + 1]). Returns how many there are. */
static int64_t cut_into_blocks(const int32_t *first, int64_t tokens, int32_t *start) {
  int64_t count = 0;
  start[0] = 0;
  for (int64_t t = 1; t < tokens; t++) {
    const int64_t size = t - start[count];
    if (size == ATTENTION_BLOCK || (first[t] == t && size >= SHORTEST_BLOCK)) start[++count] = (int32_t)t;
  }
  start[++count] = (int32_t)tokens;
  return count;
}

static struct attention_shape shape_of(const struct ggml_tensor *out, const struct attention *a) {
  const struct ggml_tensor *q = out->src[0], *k = out->src[1], *v = out->src[2];
  const int64_t f = (int64_t)sizeof(float);
  return (struct attention_shape){
      .features = q->ne[0],
      .heads = q->ne[1],
      .kv_heads = k->ne[1],
      .tokens = q->ne[2],
      .q = q->data,
      .k = k->data,
      .v = v->data,
      .q_head = (int64_t)q->nb[1] / f,
      .q_row = (int64_t)q->nb[2] / f,
      .k_head = (int64_t)k->nb[1] / f,
      .k_row = (int64_t)k->nb[2] / f,
      .v_head = (int64_t)v->nb[1] / f,
      .v_row = (int64_t)v->nb[2] / f,
      .scale = a->scale,
      .softcap = a->softcap,
      .out_row = q->ne[0] * q->ne[1],
  };
}

/* What a thread works with; without memory for it nothing can be computed, and ggml too ends the process then. */
static void *allocate(size_t bytes) {
  void *p = malloc(bytes);
  if (p == NULL) abort();
  return p;
}

/* The last thread puts the counters back. */
static void finish(struct attention *a, int threads) {
  if (!work_finish(&a->work, threads)) return;
  for (int i = 0; i < a->counters; i++) atomic_store(&a->done[i], 0);
}

EXPORT void tunesmith_attention(struct ggml_tensor *out, int thread, int threads, struct attention *a) {
  (void)thread;
  const struct attention_functions *use = current_level()->attention;
  struct attention_shape s = shape_of(out, a);
  s.out = out->data;
  s.lse = s.out + s.features * s.heads * s.tokens;
  const int32_t *first = out->src[3]->data;
  int32_t *start = allocate((size_t)(most_blocks(s.tokens) + 1) * sizeof *start);
  float *scratch = allocate(attention_scratch(s.features) * sizeof *scratch);
  const int64_t blocks = cut_into_blocks(first, s.tokens, start);
  for (;;) {
    const int64_t unit = work_take(&a->work);
    if (unit >= blocks * s.heads) break;
    const int64_t block = blocks - 1 - unit / s.heads;
    use->forward(&s, first, start[block], start[block + 1], unit % s.heads, scratch);
  }
  free(scratch);
  free(start);
  finish(a, threads);
}

/* Where more threads work than there are cores, the one that is waited for may be at rest itself. */
static void give_way(void) {
#ifndef _WIN32
  sched_yield();
#endif
}

static void wait_for(const atomic_int *counter, int value) {
  for (int spins = 0; atomic_load(counter) < value; spins++)
    if (spins > 1000) give_way();
}

EXPORT void tunesmith_attention_back(struct ggml_tensor *out, int thread, int threads, struct attention *a) {
  (void)thread;
  const struct attention_functions *use = current_level()->attention;
  struct attention_shape s = shape_of(out, a);
  const int64_t all = s.features * s.heads * s.tokens;
  const int32_t *first = out->src[3]->data;
  s.out = out->src[4]->data;
  s.lse = s.out + all;
  s.d_out = out->src[5]->data;
  s.d_out_row = (int64_t)(out->src[5]->nb[1] / sizeof(float));
  s.dq = out->data;
  s.dk = s.dq + all;
  s.dv = s.dk + s.features * s.kv_heads * s.tokens;
  s.slope = s.dv + s.features * s.kv_heads * s.tokens;
  int32_t *start = allocate((size_t)(most_blocks(s.tokens) + 1) * sizeof *start);
  float *scratch = allocate(attention_scratch(s.features) * sizeof *scratch);
  const int64_t blocks = cut_into_blocks(first, s.tokens, start), group = s.heads / s.kv_heads;
  for (;;) {
    const int64_t unit = work_take(&a->work);
    if (unit >= blocks * s.kv_heads) break;
    const int64_t column = unit / s.kv_heads, kv = unit % s.kv_heads, k0 = start[column], k1 = start[column + 1];
    use->keys(&s, k0, k1, kv, scratch);
    for (int64_t row = column; row < blocks && first[start[row]] < k1; row++) {
      const int64_t q0 = start[row], q1 = start[row + 1];
      /* Columns to the left that give these queries something. */
      int64_t before = 0;
      while (before < column && start[column - before] > first[q0]) before++;
      wait_for(&a->done[row * s.kv_heads + kv], (int)before);
      for (int64_t h = 0; h < group; h++)
        use->pair(&s, first, q0, q1, k0, k1, kv * group + h, row == column && h == 0, before == 0, scratch);
      atomic_store(&a->done[row * s.kv_heads + kv], (int)before + 1);
    }
  }
  free(scratch);
  free(start);
  finish(a, threads);
}
