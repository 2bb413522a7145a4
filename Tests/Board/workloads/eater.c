// Takes MEGABYTES of memory and keeps them; traps when it cannot have them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Why volatile: what nobody reads, a compiler leaves out.
static char *volatile eaten;

int main(void) {
    const char *wanted = getenv("MEGABYTES");
    for (int count = wanted ? atoi(wanted) : 0; count > 0; count--) {
        char *piece = malloc(1 << 20);
        if (!piece) __builtin_trap();
        memset(piece, count, 1 << 20);
        eaten = piece;
    }
    puts("eaten");
    fflush(stdout);
    for (;;) sleep(3600);
}
