// strlen, compare, search: byte loads and short calls.
#include "kernel.h"
static char text[8192];
static NOINLINE uint32_t len(const char *s) { const char *p = s; while (*p) p++; return (uint32_t)(p - s); }
static NOINLINE const char *search(const char *s, const char *what) {
    for (; *s; s++) { const char *a = s, *b = what; while (*b && *a == *b) { a++; b++; } if (!*b) return s; }
    return 0;
}
KERNEL(run) {
    for (int i = 0; i < 8191; i++) text[i] = 'a' + (i * 7 + i / 11) % 26;
    uint32_t sum = 0;
    for (uint32_t r = 0; r < n; r++) {
        sum += len(text + (r & 63));
        const char *p = search(text + (r & 31), "zzyx"); sum += p ? (uint32_t)(p - text) : 1;
        p = search(text + (r & 15), "ahov"); sum += p ? (uint32_t)(p - text) : 2;
    }
    return sum;
}
