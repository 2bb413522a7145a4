// A large program that runs most of its code a few times: what engines pay for translating it. 512 KB.
//
// Each of 1,024 functions is a different mixture of shifts, products and memory, made by the preprocessor; a
// table calls them in an order that depends on the data.
#include "kernel.h"
static uint32_t cells[1024];

#define STEP(k, i) \
    a = (a << ((k * 7 + i) % 31 + 1)) ^ b; \
    b += a * (0x9E3779B1u + k * 64u + i); \
    if (b & (1u << ((k + i) % 29))) cells[(a >> 9) & 1023] += b; else b ^= cells[(b >> 7) & 1023]; \
    for (uint32_t t = b & 3; t; t--) a += cells[(t * (k + 3) + i) & 1023] >> (i % 13);
#define FUNCTION(k) \
    static NOINLINE uint32_t f##k(uint32_t a) { \
        uint32_t b = a ^ 0x##k; \
        STEP(0x##k, 1) STEP(0x##k, 2) \
        return a + b; \
    }
#define SIXTEEN(M, k) \
    M(k##0) M(k##1) M(k##2) M(k##3) M(k##4) M(k##5) M(k##6) M(k##7) \
    M(k##8) M(k##9) M(k##A) M(k##B) M(k##C) M(k##D) M(k##E) M(k##F)
#define MORE(M, k) \
    SIXTEEN(M, k##0) SIXTEEN(M, k##1) SIXTEEN(M, k##2) SIXTEEN(M, k##3) \
    SIXTEEN(M, k##4) SIXTEEN(M, k##5) SIXTEEN(M, k##6) SIXTEEN(M, k##7) \
    SIXTEEN(M, k##8) SIXTEEN(M, k##9) SIXTEEN(M, k##A) SIXTEEN(M, k##B) \
    SIXTEEN(M, k##C) SIXTEEN(M, k##D) SIXTEEN(M, k##E) SIXTEEN(M, k##F)
#define ALL(M) MORE(M, 1) MORE(M, 2) MORE(M, 3) MORE(M, 4)
ALL(FUNCTION)

#define ENTRY(k) f##k,
static uint32_t (*const volatile functions[])(uint32_t) = { ALL(ENTRY) };

KERNEL(run) {
    uint32_t x = 1;
    for (uint32_t i = 0; i < sizeof cells / 4; i++) cells[i] = i * 2654435761u;
    for (uint32_t i = 0; i < n; i++) x = functions[(x ^ i) & 1023](x);
    return x;
}
