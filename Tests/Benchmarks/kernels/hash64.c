// 64-bit multiplications, shifts and 64-bit constants.
#include "kernel.h"
static uint64_t data[1024];
KERNEL(run) {
    uint64_t h = 0xcbf29ce484222325ull;
    for (uint32_t i = 0; i < 1024; i++) data[i] = i * 0x9E3779B97F4A7C15ull;
    for (uint32_t r = 0; r < n; r++)
        for (uint32_t i = 0; i < 1024; i++) {
            h ^= data[i];
            h *= 0x100000001b3ull;
            h ^= h >> 29;
            h = (h << 17 | h >> 47) + r;
        }
    return (uint32_t)(h ^ h >> 32);
}
