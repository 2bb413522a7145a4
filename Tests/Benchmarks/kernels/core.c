// In the spirit of CoreMark: lists, a matrix of shorts, a state machine, a checksum.
#include "kernel.h"
struct node { struct node *next; int16_t value, index; };
static struct node nodes[64];
static int16_t ma[20][20], mb[20][20];
static int32_t mc[20][20];
static uint16_t crc8(uint8_t d, uint16_t c) {
    for (int i = 0; i < 8; i++) { int x = (d ^ c) & 1; d >>= 1; c >>= 1; if (x) c ^= 0xA001; }
    return c;
}
static NOINLINE uint16_t crc(uint16_t v, uint16_t c) { return crc8(v >> 8, crc8((uint8_t)v, c)); }
static NOINLINE struct node *reverse(struct node *l) {
    struct node *r = 0;
    while (l) { struct node *t = l->next; l->next = r; r = l; l = t; }
    return r;
}
static NOINLINE struct node *find(struct node *l, int v) { while (l && l->value != v) l = l->next; return l; }
static NOINLINE struct node *merge_sort(struct node *list) {
    for (int size = 1;; size *= 2) {
        struct node *p = list, *tail = 0; int merges = 0; list = 0;
        while (p) {
            merges++;
            struct node *q = p; int ps = 0, qs = size;
            for (int i = 0; i < size && q; i++) { ps++; q = q->next; }
            while (ps > 0 || (qs > 0 && q)) {
                struct node *e;
                if (!ps || (qs && q && q->value < p->value)) { e = q; q = q->next; qs--; } else { e = p; p = p->next; ps--; }
                if (tail) tail->next = e; else list = e;
                tail = e;
            }
            p = q;
        }
        tail->next = 0;
        if (merges <= 1) return list;
    }
}
static NOINLINE int32_t matrix(int16_t k) {
    int32_t sum = 0;
    for (int i = 0; i < 20; i++) for (int j = 0; j < 20; j++) { int32_t s = 0; for (int l = 0; l < 20; l++) s += ma[i][l] * mb[l][j]; mc[i][j] = s; }
    for (int i = 0; i < 20; i++) for (int j = 0; j < 20; j++) { sum += mc[i][j] > k ? 10 : (mc[i][j] >> 2) & 15; ma[i][j] += k & 1; }
    return sum;
}
static NOINLINE uint32_t states(const char *p) {
    uint32_t s = 0, count[4] = {0};
    for (; *p; p++) {
        switch (s) {
        case 0: s = *p == '+' || *p == '-' ? 1 : *p >= '0' && *p <= '9' ? 2 : 3; break;
        case 1: s = *p >= '0' && *p <= '9' ? 2 : 3; break;
        case 2: s = *p == ',' ? 0 : *p == '.' || (*p >= '0' && *p <= '9') ? 2 : 3; break;
        default: if (*p == ',') s = 0;
        }
        count[s]++;
    }
    return count[0] * 3 + count[1] * 5 + count[2] * 7 + count[3];
}
KERNEL(run) {
    uint16_t c = 0;
    for (int i = 0; i < 20; i++) for (int j = 0; j < 20; j++) { ma[i][j] = i * j; mb[i][j] = i + j; }
    for (int i = 0; i < 64; i++) { nodes[i].value = (i * 37) & 63; nodes[i].index = i; nodes[i].next = i < 63 ? &nodes[i + 1] : 0; }
    struct node *list = nodes;
    for (uint32_t r = 0; r < n; r++) {
        for (int i = 0; i < 10; i++) { struct node *f = find(list, (r + i * 7) & 63); c = crc(f ? f->index : 0, c); list = reverse(list); if (f) f->value ^= (int16_t)(r & 3); }
        list = merge_sort(list);
        c = crc((uint16_t)matrix((int16_t)r), c);
        c = crc((uint16_t)states("5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,+0.6e-12,T0.3e-1F,-T.T++Tq,1T3.4e4z,34.0e-T^"), c);
    }
    return c;
}
