// Swaps a folder for a link that leads out, again and again (argument `swap`), or opens a file through
// it (argument `open`), and tells whether it ever read the secret.
#include "check.h"

static void move(const char *from, const char *to) {
    OK(__wasi_path_rename(ROOT, from, ROOT, to));
}

int main(int count, char **words) {
    long rounds = count > 2 ? atol(words[2]) : 0;
    int swaps = count > 1 && strcmp(words[1], "swap") == 0;
    for (long i = 0; i < rounds; i++) {
        if (swaps) {
            move("place", "folder");
            move("link", "place");
            move("place", "link");
            move("folder", "place");
            continue;
        }
        __wasi_fd_t fd;
        if (open_at(ROOT, "place/../place/secret", 0, READ, &fd) != 0
            && open_at(ROOT, "place/secret", 0, READ, &fd) != 0) continue;
        char text[16] = "";
        read_text(fd, text, sizeof text);
        if (strcmp(text, "outside") == 0) {
            printf("read the secret in round %ld\n", i);
            return 1;
        }
        OK(__wasi_fd_close(fd));
    }
    return finish();
}
