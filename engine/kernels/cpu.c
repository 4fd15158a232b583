/* Which level this processor can run: the best one, or a slower one that was asked for. */
#include "kernels.h"
#include <string.h>

extern const struct level level_avx2, level_avxvnni, level_avx512, level_avx512vnni, level_avx512bf16, level_neon;

#if defined(__x86_64__) || defined(_M_X64)
static void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4]) {
  __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(sub));
}

static int has(uint32_t value, int bit) { return (int)(value >> bit) & 1; }

/* Best first. The system must also save the registers: XCR0 bits 1-2 for AVX, 5-7 for AVX-512. */
static int supported(const struct level **out) {
  uint32_t r[4], count = 0, low, high;
  cpuid(0, 0, r);
  if (r[0] < 7) return 0;
  cpuid(1, 0, r);
  const int fma = has(r[2], 12), xsave = has(r[2], 27), avx = has(r[2], 28), f16c = has(r[2], 29);
  if (!(fma && xsave && avx && f16c)) return 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6) return 0;
  cpuid(7, 0, r);
  const uint32_t subleaves = r[0];
  const int avx2 = has(r[1], 5);
  const int avx512 = (low & 0xe6) == 0xe6 && has(r[1], 16) && has(r[1], 17) && has(r[1], 30) && has(r[1], 31);
  const int vnni = avx512 && has(r[2], 11);
  if (subleaves >= 1) cpuid(7, 1, r);
  const int bf16 = subleaves >= 1 && has(r[0], 5), avxvnni = subleaves >= 1 && has(r[0], 4);
  if (vnni && bf16) out[count++] = &level_avx512bf16;
  if (vnni) out[count++] = &level_avx512vnni;
  if (avx512) out[count++] = &level_avx512;
  if (avx2 && avxvnni) out[count++] = &level_avxvnni;
  if (avx2) out[count++] = &level_avx2;
  return (int)count;
}
#elif defined(__aarch64__) || defined(_M_ARM64)
/* Every 64-bit ARM processor has NEON. */
static int supported(const struct level **out) {
  out[0] = &level_neon;
  return 1;
}
#else
static int supported(const struct level **out) { return 0; }
#endif

#define MOST_LEVELS 5

static const struct level *chosen;

const struct level *current_level(void) { return chosen; }

/* The i-th level this processor can run, best first; NULL past the last. */
EXPORT const char *tunesmith_kernels_level(int i) {
  const struct level *levels[MOST_LEVELS];
  return i >= 0 && i < supported(levels) ? levels[i]->name : NULL;
}

/* Uses the named level. 0 where this processor cannot run it. */
EXPORT int tunesmith_kernels_use(const char *name) {
  const struct level *levels[MOST_LEVELS];
  const int count = supported(levels);
  for (int i = 0; i < count; i++) {
    if (strcmp(levels[i]->name, name) != 0) continue;
    chosen = levels[i];
    return 1;
  }
  return 0;
}

EXPORT int tunesmith_kernels_multiplies_bf16(void) { return chosen != NULL && chosen->multiplies_bf16; }

EXPORT int tunesmith_kernels_multiplies_int8(void) { return chosen != NULL && chosen->int8_rows != NULL; }

EXPORT int tunesmith_kernels_abi(void) { return KERNELS_ABI; }
