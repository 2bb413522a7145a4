// Ends in the way that its first argument names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile int zero = 0;

__attribute__((noinline)) static int deeper(int depth) {
    // No frame in memory: the calls themselves are what runs out.
    int below = depth < 0 ? 0 : deeper(depth + 1);
    zero = below;
    return below + 1;
}

__attribute__((noinline)) static void innermost(void) { __builtin_trap(); }

int main(int count, char **words) {
    const char *way = count > 1 ? words[1] : "return";
    int number = count > 2 ? atoi(words[2]) : 0;
    if (strcmp(way, "return") == 0) return number;
    if (strcmp(way, "exit") == 0) exit(number);
    if (strcmp(way, "abort") == 0) abort();
    if (strcmp(way, "unreachable") == 0) innermost();
    if (strcmp(way, "divide") == 0) return count / zero;
    if (strcmp(way, "recurse") == 0) return deeper(0);
    if (strcmp(way, "memory") == 0) {
        size_t mebibytes = 0;
        for (void *volatile block; (block = malloc(1 << 20)) != NULL;) mebibytes++;
        printf("got %zu MiB\n", mebibytes);
        return 0;
    }
    if (strcmp(way, "address") == 0) return *(volatile int *)0xFFFFFFF0;
    if (strcmp(way, "spin") == 0) for (;;) zero = 0;
    if (strcmp(way, "sleep") == 0) {
        printf("sleeping");
        fflush(stdout);
        struct timespec hour = {.tv_sec = 3600};
        // wasi-libc has only one error number for a sleep that did not last.
        if (nanosleep(&hour, NULL) != 0) printf(" until interrupted\n");
        return 5;
    }
    if (strcmp(way, "sleeps") == 0) {
        printf("sleeping\n");
        fflush(stdout);
        struct timespec hour = {.tv_sec = 3600};
        for (;;) nanosleep(&hour, NULL);
    }
    if (strcmp(way, "copy") == 0) {
        char text[100];
        while (fgets(text, sizeof text, stdin)) { fputs(text, stdout); fflush(stdout); }
        printf("end of input\n");
        return 0;
    }
    if (strcmp(way, "lines") == 0) {
        for (int i = 0; i < number; i++) printf("line %d\n", i);
        fprintf(stderr, "done\n");
        return 0;
    }
    return 99;
}
