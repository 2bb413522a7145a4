// Words, clocks, random bytes, signals: every error that they can give.
#include "table.h"

RAW("proc_raise") int raw_raise(int signal);

int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "exit") == 0) __wasi_proc_exit(77);
    __wasi_size_t number, bytes;
    __wasi_timestamp_t time;
    uint8_t *list[8], text[256];
    ROW("args_sizes_get", "both places are good", __wasi_args_sizes_get(&number, &bytes), 0);
    ROW("args_sizes_get", "counts the words", number, count);
    ROW("args_sizes_get", "the first place is not", __wasi_args_sizes_get(BEYOND, &bytes), E(FAULT));
    ROW("args_sizes_get", "the second is not", __wasi_args_sizes_get(&number, BEYOND), E(FAULT));
    ROW("args_get", "room for all", __wasi_args_get(list, text), 0);
    ROW("args_get", "words follow one another", list[0] == text && strlen((char *)text) > 0, 1);
    ROW("args_get", "a list beyond memory", __wasi_args_get(BEYOND, text), E(FAULT));
    ROW("args_get", "text beyond memory", __wasi_args_get(list, BEYOND), E(FAULT));
    ROW("environ_sizes_get", "both places are good", __wasi_environ_sizes_get(&number, &bytes), 0);
    ROW("environ_sizes_get", "counts `A=1` with its zero byte", number * 100 + bytes, 104);
    ROW("environ_sizes_get", "a place beyond memory", __wasi_environ_sizes_get(BEYOND, &bytes), E(FAULT));
    ROW("environ_sizes_get", "the other", __wasi_environ_sizes_get(&number, BEYOND), E(FAULT));
    ROW("environ_get", "room for all", __wasi_environ_get(list, text), 0);
    ROW("environ_get", "the variable", strcmp((char *)list[0], "A=1"), 0);
    ROW("environ_get", "a list beyond memory", __wasi_environ_get(BEYOND, text), E(FAULT));
    ROW("environ_get", "text beyond memory", __wasi_environ_get(list, BEYOND), E(FAULT));
    for (unsigned clock = 0; clock < 4; clock++) {
        char what[32];
        snprintf(what, sizeof what, "clock %u", clock);
        ROW("clock_res_get", what, __wasi_clock_res_get(clock, &time), 0);
        ROW("clock_res_get", "is no longer than a second", time > 0 && time <= 1000000000, 1);
        ROW("clock_time_get", what, __wasi_clock_time_get(clock, 1, &time), 0);
    }
    ROW("clock_res_get", "no such clock", __wasi_clock_res_get(4, &time), E(INVAL));
    ROW("clock_res_get", "no clock by far", __wasi_clock_res_get(UINT32_MAX, &time), E(INVAL));
    ROW("clock_res_get", "a place beyond memory", __wasi_clock_res_get(1, BEYOND), E(FAULT));
    ROW("clock_time_get", "no such clock", __wasi_clock_time_get(4, 0, &time), E(INVAL));
    ROW("clock_time_get", "a place beyond memory", __wasi_clock_time_get(0, 0, BEYOND + 9), E(FAULT));
    ROW("random_get", "some bytes", __wasi_random_get(text, sizeof text), 0);
    ROW("random_get", "no bytes", __wasi_random_get(text, 0), 0);
    ROW("random_get", "a place beyond memory", __wasi_random_get(BEYOND, 17), E(FAULT));
    ROW("random_get", "more than all memory", __wasi_random_get(text, UINT32_MAX), E(FAULT));
    ROW("sched_yield", "nothing can go wrong", __wasi_sched_yield(), 0);
    ROW("proc_raise", "a guest has no signals", raw_raise(1), E(NOSYS));
    ROW("proc_raise", "nor one of no number", raw_raise(255), E(NOSYS));
    return ended();
}
