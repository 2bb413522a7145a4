// Byte stores with a stride, byte loads.
#include "kernel.h"
static uint8_t composite[1 << 20];
KERNEL(run) {
    uint32_t count = 0;
    for (uint32_t round = 0; round < n; round++) {
        for (uint32_t i = 0; i < sizeof composite; i++) composite[i] = 0;
        count = 0;
        for (uint32_t i = 2; i < sizeof composite; i++) {
            if (composite[i]) continue;
            count++;
            for (uint32_t j = i * 2; j < sizeof composite; j += i) composite[j] = 1;
        }
    }
    return count;
}
