// What every kernel has in common: one export `run`, which takes a size and gives a checksum.
#include <stddef.h>
#include <stdint.h>
#define NOINLINE __attribute__((noinline))
#define KERNEL(name) __attribute__((export_name(#name))) uint32_t name(uint32_t n)
