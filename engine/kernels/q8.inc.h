/*
 * Stored types smaller than Q8_0 hold few different values in a block: 16 or 32, evenly spaced. Rounding the largest of them
 * to 127 puts the others beside whole numbers. Of 64 ways, from 127 down to 64, one puts them all nearly on whole
 * numbers, and the weights stay what they were in the file: this tries them and takes the one with the least error.
 */
typedef uint32_t words __attribute__((vector_size(4 * LANES)));

/* The scale with which 32 values are nearest to whole multiples of it, in F16. One lane a candidate. */
static uint16_t q8_scale(const float *x, float most) {
  words best = {0};
  lanes least = splat(INFINITY), tops;
  for (int i = 0; i < LANES; i++) tops[i] = 127 - (float)i;
  for (int group = 0; group < 64 / LANES; group++, tops -= LANES) {
    /* To F16 and back: 2^-112 moves the exponent, as in f32_of_f16, and the rest is rounding of the mantissa. */
    const words bits = (words)(most / tops * 0x1p-112f), half = (bits + 0xfff + ((bits >> 13) & 1)) >> 13;
    const lanes d = (lanes)(half << 13) * 0x1p112f, factor = 1 / d;
    lanes squares[4] = {{0}};
    for (int k = 0; k < 32; k += 4)
      UNROLL_ALL for (int i = 0; i < 4; i++) {
        /* Adding 1.5 x 2^23 rounds to a whole number. */
        const lanes off = x[k + i] - d * ((x[k + i] * factor + 0x1.8p23f) - 0x1.8p23f);
        squares[i] += off * off;
      }
    const lanes sum = (squares[0] + squares[1]) + (squares[2] + squares[3]);
    const words better = (words)(sum < least);
    best = (half & better) | (best & ~better);
    least = choose((ilanes)better, sum, least);
  }
  int first = 0;
  for (int i = 1; i < LANES; i++)
    if (least[i] < least[first]) first = i;
  return (uint16_t)best[first];
}

static void q8(const float *x, int64_t blocks, char *out) {
  for (struct q8_block *to = (struct q8_block *)out; blocks > 0; blocks--, x += 32, to++) {
    float most = 0;
    for (int i = 0; i < 32; i++) most = __builtin_fabsf(x[i]) > most ? __builtin_fabsf(x[i]) : most;
    to->d = q8_scale(x, most);
    const float d = f32_of_f16(to->d), factor = d > 0 ? 1 / d : 0;
    for (int i = 0; i < 32; i++) {
      const float q = (x[i] * factor + 0x1.8p23f) - 0x1.8p23f;
      to->q[i] = (int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
    }
  }
}
