// Shifts, rotates and additions on 32 bits (FIPS 180-4).
#include "kernel.h"
static uint32_t k[64], h[8];
static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }
static NOINLINE void block(const uint8_t *p) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[i * 4] << 24 | p[i * 4 + 1] << 16 | p[i * 4 + 2] << 8 | p[i * 4 + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7]
             + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) s[i] = h[i];
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t t = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25))
                   + ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
        uint32_t u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22))
                   + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6]; s[6] = s[5]; s[5] = e; s[4] = s[3] + t;
        s[3] = s[2]; s[2] = s[1]; s[1] = a; s[0] = t + u;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
}
static uint8_t data[4096];
KERNEL(run) {
    for (int i = 0; i < 64; i++) k[i] = 0x428a2f98u * (i * 2 + 1);
    for (uint32_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * 7);
    for (uint32_t round = 0; round < n; round++)
        for (uint32_t i = 0; i < sizeof data; i += 64) block(data + i);
    return h[0] ^ h[7];
}
