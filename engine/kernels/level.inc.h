/*
 * All kernels for one level. A level file defines LEVEL_NAME, LANES (F32 values of a vector) and TILE (columns of a tile), and with
 * its processor's instructions LEVEL_BF16 and LEVEL_VNNI; it is compiled with those instructions.
 */
#include "product.inc.h"
#include "attention.inc.h"
#include "cross-entropy.inc.h"

#define JOIN_NAMES(a, b) a##b
#define LEVEL_SYMBOL(name) JOIN_NAMES(level_, name)
#define TEXT_OF(name) #name
#define LEVEL_TEXT(name) TEXT_OF(name)

const struct level LEVEL_SYMBOL(LEVEL_NAME) = {
    .name = LEVEL_TEXT(LEVEL_NAME),
#ifdef LEVEL_BF16
    .multiplies_bf16 = 1,
#endif
    .strip = strip,
    .glu_back = glu_back,
    .attention = &attention,
    .softmax = &softmax,
    .q8 = q8,
#ifdef LEVEL_VNNI
    .int8_rows = int8_rows,
    .int8_pack = int8_pack,
#endif
};
