/*
 * Stored weights to F32, a stretch of one row at a time. Written so that the compiler turns each loop into vectors
 * of the level this is included in.
 *
 *   BF16   the upper half of an F32
 *   F16    sign, 5 bits of exponent, 10 of mantissa: shifted into place and scaled by 2^112, which gets normal and
 *          subnormal values right without a branch (weights hold no infinities)
 *   Q8_0   blocks of 32: | d (F16) | q0 q1 ... q31 (int8) |, value = d q
 */
static inline float f32_of_bits(uint32_t bits) {
  union {
    uint32_t u;
    float f;
  } v = {bits};
  return v.f;
}

static inline uint32_t bits_of_f32(float f) {
  union {
    float f;
    uint32_t u;
  } v = {f};
  return v.u;
}

static inline float f32_of_f16(uint16_t h) {
  float magnitude = f32_of_bits((uint32_t)(h & 0x7fff) << 13) * 0x1p112f;
  return f32_of_bits(bits_of_f32(magnitude) | ((uint32_t)(h & 0x8000) << 16));
}

/* Rounded to nearest, ties to even. */
static inline uint16_t bf16_of_f32(float f) {
  uint32_t u = bits_of_f32(f);
  return (uint16_t)((u + 0x7fff + ((u >> 16) & 1)) >> 16);
}

struct q8_block {
  uint16_t d;
  int8_t q[32];
};

/* alpha x values [start, start + count) of `row`; for Q8_0 both are multiples of 32. */
static void decode(int type, const char *row, int64_t start, int count, float alpha, float *restrict out) {
  if (type == TYPE_F32) {
    const float *x = (const float *)row + start;
    if (alpha == 1.0f) memcpy(out, x, (size_t)count * sizeof(float));
    else
      for (int i = 0; i < count; i++) out[i] = alpha * x[i];
  } else if (type == TYPE_BF16) {
    const uint16_t *x = (const uint16_t *)row + start;
    for (int i = 0; i < count; i++) out[i] = alpha * f32_of_bits((uint32_t)x[i] << 16);
  } else if (type == TYPE_F16) {
    const uint16_t *x = (const uint16_t *)row + start;
    for (int i = 0; i < count; i++) out[i] = alpha * f32_of_f16(x[i]);
  } else {
    const struct q8_block *x = (const struct q8_block *)row + start / 32;
    for (int block = 0; block < count / 32; block++) {
      const float d = alpha * f32_of_f16(x[block].d);
      for (int i = 0; i < 32; i++) out[block * 32 + i] = d * (float)x[block].q[i];
    }
  }
}
