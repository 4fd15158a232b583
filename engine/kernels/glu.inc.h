/*
 * Gradient of a gated linear unit y = act(gate) x up in one pass, with a = gate, s = sigmoid(z):
 *
 *   SiLU: z = a                        GELU (tanh form): z = 2c (a + k a³), c = sqrt(2/pi), k = 0.044715
 *   d(up)   = dy a s
 *   d(gate) = dy up (s + a s (1 - s) z')
 */
static inline float fast_exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float scaled = x * 1.44269504f;
  const int n = (int)(scaled + (scaled < 0 ? -0.5f : 0.5f));
  /* ln 2 in two parts keeps the remainder exact; the polynomial is the Taylor series on [-ln2/2, ln2/2]. */
  const float r = x - (float)n * 0.693359375f + (float)n * 2.12194440e-4f;
  float p = 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * f32_of_bits((uint32_t)(n + 127) << 23);
}

static void glu_back(const float *restrict gate, const float *restrict up, const float *restrict dy,
                     float *restrict d_gate, float *restrict d_up, int64_t count, int gelu) {
  const float two_c = gelu ? 1.5957691216f : 1.0f;
  const float cubic = gelu ? 0.044715f : 0.0f;
  for (int64_t i = 0; i < count; i++) {
    const float a = gate[i];
    const float z = two_c * (a + cubic * a * a * a);
    const float slope = two_c * (1.0f + 3.0f * cubic * a * a);
    const float s = 1.0f / (1.0f + fast_exp(-z));
    d_up[i] = dy[i] * a * s;
    d_gate[i] = dy[i] * up[i] * s * (1.0f + a * (1.0f - s) * slope);
  }
}
