// A scanner: byte loads, a switch, short loops.
#include "kernel.h"
static char text[65536];
static uint32_t length;
static void put(const char *s) { while (*s && length < sizeof text - 1) text[length++] = *s++; }
static NOINLINE uint32_t scan(const char *p) {
    uint32_t depth = 0, numbers = 0, strings = 0, deepest = 0;
    for (;;) {
        switch (*p) {
        case 0: return numbers * 31 + strings * 7 + deepest;
        case '{': case '[': if (++depth > deepest) deepest = depth; p++; break;
        case '}': case ']': depth--; p++; break;
        case '"':
            for (p++; *p && *p != '"'; p++) if (*p == '\\') p++;
            if (*p) p++;
            strings++;
            break;
        case '-': case '0': case '1': case '2': case '3': case '4':
        case '5': case '6': case '7': case '8': case '9':
            do p++; while ((*p >= '0' && *p <= '9') || *p == '.' || *p == 'e');
            numbers++;
            break;
        default: p++;
        }
    }
}
KERNEL(run) {
    length = 0;
    put("[");
    while (length < sizeof text - 200)
        put("{\"name\": \"sensor \\\"a\\\"\", \"values\": [1, 22.5, -3e4, 40], \"on\": true, \"x\": null},\n");
    put("0]");
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += scan(text + (i & 7));
    return sum;
}
