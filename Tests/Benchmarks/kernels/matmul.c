// f64 loads, multiplications and additions.
#include "kernel.h"
enum { SIZE = 96 };
static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
KERNEL(run) {
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) { a[i][j] = i + j; b[i][j] = i - j; }
    for (uint32_t round = 0; round < n; round++)
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) {
                double sum = 0;
                for (int l = 0; l < SIZE; l++) sum += a[i][l] * b[l][j];
                c[i][j] = sum;
            }
    return (uint32_t)(int32_t)c[3][5];
}
