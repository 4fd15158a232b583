/*
 * One row of logits on one level: what its softmax sums up to, and the softmax itself.
 */
#include "vector.inc.h"
#include <math.h>

/* The logit after the cap; `slope` is its derivative. */
ALWAYS_INLINE lanes capped(lanes x, float softcap, lanes *slope) {
  if (softcap <= 0) {
    *slope = splat(1);
    return x;
  }
  const lanes t = tanh_lanes(x / softcap);
  *slope = 1.0f - t * t;
  return softcap * t;
}

/* `count` values from `x`, the rest of the vector -infinity. */
ALWAYS_INLINE lanes read_some(const float *x, int64_t count) {
  if (count >= LANES) return read_lanes(x);
  float part[LANES];
  for (int i = 0; i < LANES; i++) part[i] = i < count ? x[i] : -INFINITY;
  return read_lanes(part);
}

/* Log of the sum of e^logit, by an online softmax lane by lane, and which logit is the largest (the first of equals). */
static float row_sum(const float *x, int64_t count, float softcap, int32_t *best) {
  lanes most = splat(-1e30f), total = {0}, slope;
  ilanes at = {0};
  for (int64_t i = 0; i < count; i += LANES) {
    lanes v = read_some(x + i, count - i);
    if (softcap > 0) {
      v = capped(v, softcap, &slope);
      if (count - i < LANES) v = choose(lane_numbers() < (int32_t)(count - i), v, splat(-INFINITY));
    }
    const ilanes more = v > most;
    at = (more & (lane_numbers() + (int32_t)i)) | (~more & at);
    const lanes next = choose(more, v, most);
    total = total * exp_lanes(most - next) + exp_lanes(v - next);
    most = next;
  }
  float largest = most[0], sum = 0;
  *best = at[0];
  for (int i = 1; i < LANES; i++)
    if (most[i] > largest || (most[i] == largest && at[i] < *best)) largest = most[i], *best = at[i];
  for (int i = 0; i < LANES; i++) sum += total[i] * expf(most[i] - largest);
  return largest + logf(sum);
}

/* x becomes the probabilities, times the slope of the cap. */
static void row_softmax(float *x, int64_t count, float softcap, float log_sum) {
  for (int64_t i = 0; i < count; i += LANES) {
    lanes slope;
    const lanes v = capped(read_some(x + i, count - i), softcap, &slope);
    const lanes p = exp_lanes(v - log_sum) * slope;
    if (count - i >= LANES) write_lanes(x + i, p);
    else
      for (int j = 0; j < count - i; j++) x[i + j] = p[j];
  }
}

static const struct softmax_functions softmax = {row_sum, row_softmax};
