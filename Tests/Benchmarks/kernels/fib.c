// Recursive calls and nothing else.
#include "kernel.h"
static NOINLINE uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
KERNEL(run) { return fib(n); }
