// Counts the seconds it has been running, one line each, until it is told to stop.
#include <stdio.h>
#include <time.h>

int main(void) {
    struct timespec second = {.tv_sec = 1};
    for (unsigned long count = 0;; count++) {
        printf("count %lu\n", count);
        fflush(stdout);
        if (nanosleep(&second, NULL) != 0) break;
    }
    return 0;
}
