// memory.copy and memory.fill of a few sizes.
#include "kernel.h"
static uint8_t from[65536], to[65536];
KERNEL(run) {
    for (uint32_t i = 0; i < n; i++) {
        __builtin_memset(from, (int)i, sizeof from);
        for (uint32_t size = 16; size <= 65536; size *= 4) __builtin_memcpy(to, from, size);
    }
    return to[1000];
}
