// Indirect calls that change their target all the time.
#include "kernel.h"
typedef uint32_t (*op)(uint32_t, uint32_t);
static NOINLINE uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static NOINLINE uint32_t sub(uint32_t a, uint32_t b) { return a - b; }
static NOINLINE uint32_t mix(uint32_t a, uint32_t b) { return a * 31 ^ b; }
static NOINLINE uint32_t rot(uint32_t a, uint32_t b) { return a << 5 | (a + b) >> 27; }
static op volatile table[4] = {add, sub, mix, rot};
KERNEL(run) {
    uint32_t x = 1;
    for (uint32_t i = 0; i < n; i++) x = table[(x ^ i) & 3](x, i);
    return x;
}
