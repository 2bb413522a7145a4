#include "CLinux.h"

#include <pthread.h>

int swiftlet_start_thread(
    uint64_t *thread, size_t stackByteCount, void *(*run)(void *), void *context
) {
    pthread_attr_t attributes;
    pthread_t started = 0;
    if (pthread_attr_init(&attributes) != 0) return -1;
    pthread_attr_setstacksize(&attributes, stackByteCount);
    int result = pthread_create(&started, &attributes, run, context);
    pthread_attr_destroy(&attributes);
    *thread = (uint64_t)started;
    return result == 0 ? 0 : -1;
}

void swiftlet_join_thread(uint64_t thread) { pthread_join((pthread_t)thread, (void **)0); }
