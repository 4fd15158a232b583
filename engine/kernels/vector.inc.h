/*
 * Vectors of LANES F32 values in the compiler's own terms, so that one source serves every level, and the functions of
 * single values that the kernels need: exponential and hyperbolic tangent.
 */
#pragma once
#include "kernels.h"
#include <string.h>

#ifdef __clang__
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#else
#define UNROLL_ALL _Pragma("GCC unroll 16")
#endif
#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t ilanes __attribute__((vector_size(4 * LANES)));

ALWAYS_INLINE lanes read_lanes(const void *p) {
  lanes v;
  memcpy(&v, p, sizeof v);
  return v;
}

ALWAYS_INLINE void write_lanes(void *p, lanes v) { memcpy(p, &v, sizeof v); }

ALWAYS_INLINE lanes splat(float x) { return (lanes){0} + x; }

/* 0, 1, 2, ... */
ALWAYS_INLINE ilanes lane_numbers(void) {
  ilanes v;
  for (int i = 0; i < LANES; i++) v[i] = i;
  return v;
}

/* a where the mask is set (all bits of a lane), else b. */
ALWAYS_INLINE lanes choose(ilanes mask, lanes a, lanes b) {
  return (lanes)((mask & (ilanes)a) | (~mask & (ilanes)b));
}

ALWAYS_INLINE lanes larger(lanes a, lanes b) { return choose(a > b, a, b); }

ALWAYS_INLINE float sum_of_lanes(lanes v) {
  float part[LANES], sum = 0;
  memcpy(part, &v, sizeof part);
  for (int i = 0; i < LANES; i++) sum += part[i];
  return sum;
}

/*
 * e^x = 2^n e^r with n the nearest integer to x / ln 2 and |r| <= ln 2 / 2, where the Taylor polynomial of degree 6 is
 * exact to 2e-7. ln 2 in two parts keeps r exact. Below -87 the result is exactly 0, above 88 it stays at e^88.
 */
ALWAYS_INLINE lanes exp_lanes(lanes x) {
  const ilanes counts = x > splat(-87.0f);
  x = choose(counts, x, splat(-87.0f));
  x = choose(x < splat(88.0f), x, splat(88.0f));
  /* Adding 1.5 x 2^23 rounds to a whole number, which then stands in the lowest bits. */
  const lanes shifted = x * 1.44269504f + 12582912.0f;
  const lanes whole = shifted - 12582912.0f;
  const lanes r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
  lanes p = splat(1.0f / 720);
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return (lanes)((ilanes)(p * (lanes)(((ilanes)shifted + 127) << 23)) & counts);
}

/* tanh x = 1 - 2 / (e^2x + 1). */
ALWAYS_INLINE lanes tanh_lanes(lanes x) { return 1.0f - 2.0f / (exp_lanes(2.0f * x) + 1.0f); }
