// Computes for ever.
#include <stdint.h>

int main(void) {
    for (volatile uint32_t round = 0;; round++) continue;
}
