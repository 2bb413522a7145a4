// A copy loop of bytes that the compiler must not turn into memory.copy.
#include "kernel.h"
static uint8_t from[65536], to[65536];
static NOINLINE void copy(volatile uint8_t *d, const volatile uint8_t *s, uint32_t n) { while (n--) *d++ = *s++; }
KERNEL(run) {
    for (uint32_t i = 0; i < sizeof from; i++) from[i] = (uint8_t)(i * 13);
    for (uint32_t i = 0; i < n; i++) copy(to, from, sizeof from);
    return to[77] + to[65535];
}
