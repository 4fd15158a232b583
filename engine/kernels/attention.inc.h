/*
 * Attention on one level: the work units of attention.c, on vectors.
 *
 * A block is at most 32 tokens. What stands on the right of a product with 32 columns is a panel, its rows the
 * features, its columns the tokens of a block:  | d=0: 32 tokens | d=1: 32 tokens | ... |
 * Everything else is read where it lies. The innermost loop keeps a tile of HEIGHT x 2 vectors in registers.
 */
#include "vector.inc.h"
#include <math.h>

/* Rows of a tile: with two vectors a row, as many sums as hide the latency of a multiply-add. */
#if LANES == 8
#define HEIGHT 4
#else
#define HEIGHT 8
#endif
/* Keys whose scores are held at once on the way forward. */
#define KEY_CHUNK 128
#define BLOCK ATTENTION_BLOCK

/* C[i][j] (+)= sum over k of A[i x a_row + k x a_step] B[k x b_row + j], in values; j over `vectors` x LANES. */
ALWAYS_INLINE void tile(const int vectors, const float *a, int64_t a_row, int64_t a_step, const float *b, int64_t b_row,
                        int64_t depth, float *c, int64_t c_row, int rows, int accumulate) {
  lanes sum[HEIGHT][2];
  int64_t at[HEIGHT];
  UNROLL_ALL for (int i = 0; i < HEIGHT; i++) {
    /* Rows beyond the matrix repeat the last one and are not stored. */
    at[i] = (i < rows ? i : rows - 1) * a_row;
    UNROLL_ALL for (int j = 0; j < vectors; j++) sum[i][j] = (lanes){0};
  }
  for (int64_t k = 0; k < depth; k++, a += a_step, b += b_row) {
    lanes right[2];
    UNROLL_ALL for (int j = 0; j < vectors; j++) right[j] = read_lanes(b + j * LANES);
    UNROLL_ALL for (int i = 0; i < HEIGHT; i++) {
      const float x = a[at[i]];
      UNROLL_ALL for (int j = 0; j < vectors; j++) sum[i][j] += right[j] * x;
    }
  }
  UNROLL_ALL for (int i = 0; i < HEIGHT; i++) {
    if (i >= rows) continue;
    UNROLL_ALL for (int j = 0; j < vectors; j++) {
      float *p = c + i * c_row + j * LANES;
      write_lanes(p, accumulate ? sum[i][j] + read_lanes(p) : sum[i][j]);
    }
  }
}

/* The same for any size; columns beyond whole vectors are done one by one, so that nothing past a row is read. */
static void multiply(const float *a, int64_t a_row, int64_t a_step, const float *b, int64_t b_row, int64_t depth,
                     float *c, int64_t c_row, int rows, int columns, int accumulate) {
  int j = 0;
  for (int vectors; (vectors = (columns - j) / LANES) > 0; j += (vectors > 1 ? 2 : 1) * LANES)
    for (int i = 0; i < rows; i += HEIGHT) {
      const int height = rows - i < HEIGHT ? rows - i : HEIGHT;
      if (vectors > 1) tile(2, a + i * a_row, a_row, a_step, b + j, b_row, depth, c + i * c_row + j, c_row, height, accumulate);
      else tile(1, a + i * a_row, a_row, a_step, b + j, b_row, depth, c + i * c_row + j, c_row, height, accumulate);
    }
  for (; j < columns; j++)
    for (int i = 0; i < rows; i++) {
      float sum = accumulate ? c[i * c_row + j] : 0;
      for (int64_t k = 0; k < depth; k++) sum += a[i * a_row + k * a_step] * b[k * b_row + j];
      c[i * c_row + j] = sum;
    }
}

/* Columns in whole vectors: those beyond `count` hold what is never read. */
static int whole_vectors(int count) { return (count + LANES - 1) / LANES * LANES; }

/* The panel of a block: rows of tokens become columns, zero beyond `count`. */
static void panel_of(const float *x, int64_t row, int64_t features, int count, float factor, float *panel) {
  for (int t = 0; t < BLOCK; t += 4) {
    const float *from[4];
    float kept[4];
    for (int i = 0; i < 4; i++) {
      from[i] = x + (t + i < count ? t + i : 0) * row;
      kept[i] = t + i < count ? factor : 0;
    }
    for (int64_t d = 0; d < features; d++) {
      float *out = panel + d * BLOCK + t;
      for (int i = 0; i < 4; i++) out[i] = from[i][d] * kept[i];
    }
  }
}

/*
 * Queries [q0, q1) of one head, by an online softmax over chunks of keys: with m the largest score so far,
 * z = sum e^(s - m) and o = sum e^(s - m) v; a larger m scales both down. Queries are the lanes:
 *
 *                q0 q1 ... q31
 *   key k      ┌───────────────┐
 *   key k+1    │ s, then p     │   o[q] += p[k][q] v[k]
 *   ...        └───────────────┘
 */
static void attention_forward(const struct attention_shape *s, const int32_t *first, int64_t q0, int64_t q1, int64_t head,
                              float *scratch) {
  const int count = (int)(q1 - q0), width = whole_vectors(count);
  const int64_t kv = head / (s->heads / s->kv_heads);
  float *panel = scratch, *scores = panel + s->features * BLOCK;
  float *out = s->out + q0 * s->out_row + head * s->features;
  const float *k = s->k + kv * s->k_head, *v = s->v + kv * s->v_head;
  panel_of(s->q + q0 * s->q_row + head * s->q_head, s->q_row, s->features, count, s->scale, panel);
  _Alignas(64) float largest[BLOCK], total[BLOCK] = {0}, shrink[BLOCK];
  _Alignas(64) int32_t seen_from[BLOCK];
  for (int i = 0; i < BLOCK; i++) {
    largest[i] = -1e30f;
    seen_from[i] = i < count ? first[q0 + i] : INT32_MAX;
  }
  const int64_t start = first[q0];
  for (int64_t k0 = start; k0 < q1; k0 += KEY_CHUNK) {
    const int keys = (int)(q1 - k0 < KEY_CHUNK ? q1 - k0 : KEY_CHUNK);
    multiply(k + k0 * s->k_row, s->k_row, 1, panel, BLOCK, s->features, scores, BLOCK, keys, width, 0);
    for (int j = 0; j < width; j += LANES) {
      const ilanes query = lane_numbers() + (int32_t)(q0 + j);
      const ilanes from = (ilanes)read_lanes(seen_from + j);
      const lanes before = read_lanes(largest + j);
      lanes most = before;
      for (int i = 0; i < keys; i++) {
        const int32_t key = (int32_t)(k0 + i);
        lanes x = read_lanes(scores + i * BLOCK + j);
        if (s->softcap > 0) x = s->softcap * tanh_lanes(x / s->softcap);
        /* Rows that every query of the block sees need no mask. */
        if (key > q0 || key < first[q1 - 1]) x = choose((from <= key) & (query >= key), x, splat(-INFINITY));
        write_lanes(scores + i * BLOCK + j, x);
        most = larger(x, most);
      }
      const lanes down = exp_lanes(before - most);
      lanes sum = read_lanes(total + j) * down;
      for (int i = 0; i < keys; i++) {
        const lanes p = exp_lanes(read_lanes(scores + i * BLOCK + j) - most);
        write_lanes(scores + i * BLOCK + j, p);
        sum += p;
      }
      write_lanes(largest + j, most);
      write_lanes(total + j, sum);
      write_lanes(shrink + j, down);
    }
    if (k0 > start)
      for (int i = 0; i < count; i++)
        for (int64_t d = 0; d < s->features; d++) out[i * s->out_row + d] *= shrink[i];
    multiply(scores, 1, BLOCK, v + k0 * s->v_row, s->v_row, keys, out, s->out_row, count, (int)s->features, k0 > start);
  }
  for (int i = 0; i < count; i++) {
    const float inverse = 1 / total[i];
    for (int64_t d = 0; d < s->features; d++) out[i * s->out_row + d] *= inverse;
    s->lse[head * s->tokens + q0 + i] = largest[i] + logf(total[i]);
  }
}

/* The panels of keys [k0, k1) of a group, for `attention_pair`. */
static void attention_keys(const struct attention_shape *s, int64_t k0, int64_t k1, int64_t kv, float *scratch) {
  const int count = (int)(k1 - k0);
  panel_of(s->k + k0 * s->k_row + kv * s->k_head, s->k_row, s->features, count, 1, scratch);
  panel_of(s->v + k0 * s->v_row + kv * s->v_head, s->v_row, s->features, count, 1, scratch + s->features * BLOCK);
}

/* Sum of o x do over the features of a query. */
static float output_slope(const float *o, const float *d_out, int64_t features) {
  lanes sum = {0};
  int64_t d = 0;
  for (; d + LANES <= features; d += LANES) sum += read_lanes(o + d) * read_lanes(d_out + d);
  float total = sum_of_lanes(sum);
  for (; d < features; d++) total += o[d] * d_out[d];
  return total;
}

/*
 * What queries [q0, q1) of one head and keys [k0, k1) of its group give each other. Keys are the lanes:
 *
 *                k0 k1 ... k31
 *   query q    ┌───────────────┐    p  = e^(s - lse),  dp = do vᵀ,  ds = p (dp - sum over d of o do)
 *   query q+1  │ p and ds      │    dv[k] += p[q][k] do[q];  dk[k] += ds[q][k] q[q];  dq[q] += ds[q][k] k[k]
 *   ...        └───────────────┘
 */
static void attention_pair(const struct attention_shape *s, const int32_t *first, int64_t q0, int64_t q1, int64_t k0,
                           int64_t k1, int64_t head, int first_of_keys, int first_of_queries, float *scratch) {
  const int64_t features = s->features, kv = head / (s->heads / s->kv_heads);
  const int queries = (int)(q1 - q0), keys = (int)(k1 - k0), width = whole_vectors(keys);
  const float *k_panel = scratch, *v_panel = k_panel + features * BLOCK;
  float *p = scratch + 2 * features * BLOCK, *ds = p + BLOCK * BLOCK;
  const float *q = s->q + q0 * s->q_row + head * s->q_head;
  const float *k = s->k + k0 * s->k_row + kv * s->k_head;
  const float *d_out = s->d_out + q0 * s->d_out_row + head * features;
  const float *lse = s->lse + head * s->tokens + q0;
  float *slope = s->slope + head * s->tokens + q0;
  if (first_of_queries) {
    const float *o = s->out + q0 * s->out_row + head * features;
    for (int i = 0; i < queries; i++) slope[i] = output_slope(o + i * s->out_row, d_out + i * s->d_out_row, features);
  }
  multiply(q, s->q_row, 1, k_panel, BLOCK, features, p, BLOCK, queries, width, 0);
  multiply(d_out, s->d_out_row, 1, v_panel, BLOCK, features, ds, BLOCK, queries, width, 0);
  const int masked = k1 > q0 || first[q1 - 1] > k0;
  for (int i = 0; i < queries; i++)
    for (int j = 0; j < width; j += LANES) {
      lanes x = read_lanes(p + i * BLOCK + j) * s->scale, inner = splat(s->scale);
      if (s->softcap > 0) {
        const lanes t = tanh_lanes(x / s->softcap);
        x = s->softcap * t;
        inner *= 1.0f - t * t;
      }
      lanes probability = exp_lanes(x - lse[i]);
      if (masked) {
        const ilanes key = lane_numbers() + (int32_t)(k0 + j);
        const ilanes seen = (key >= first[q0 + i]) & (key <= (int32_t)(q0 + i));
        probability = (lanes)((ilanes)probability & seen);
      }
      write_lanes(p + i * BLOCK + j, probability);
      write_lanes(ds + i * BLOCK + j, probability * inner * (read_lanes(ds + i * BLOCK + j) - slope[i]));
    }
  const int wide = (int)features;
  float *dq = s->dq + (q0 * s->heads + head) * features;
  float *dk = s->dk + (k0 * s->kv_heads + kv) * features, *dv = s->dv + (k0 * s->kv_heads + kv) * features;
  const int64_t dq_row = s->heads * features, dk_row = s->kv_heads * features;
  multiply(p, 1, BLOCK, d_out, s->d_out_row, queries, dv, dk_row, keys, wide, !first_of_keys);
  multiply(ds, 1, BLOCK, q, s->q_row, queries, dk, dk_row, keys, wide, !first_of_keys);
  multiply(ds, BLOCK, 1, k, s->k_row, keys, dq, dq_row, queries, wide, !first_of_queries);
}

static const struct attention_functions attention = {attention_forward, attention_keys, attention_pair};
