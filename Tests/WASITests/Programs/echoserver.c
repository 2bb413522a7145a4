// The calls of WasmEdge's demo of an HTTP server, in its order: answers each request with its body.
#include "sockets.h"
#include <fcntl.h>
#include <unistd.h>
FROM("sock_accept") int sock_accept(int fd, int *accepted);
FROM("sock_getpeeraddr") int sock_getpeeraddr(int fd, address_t *a, uint32_t *type, uint32_t *port);
FROM("fd_fdstat_get") int fdstat(int fd, void *out);

static char request[1 << 16], reply[1 << 17];

static void serve(int fd) {
    uint32_t used = 0, got = 0, flags = 0;
    do {
        vector_t v = {request + used, 1024};
        if (recv_v1(fd, &v, 1, 0, &got, &flags) != 0) break;
        used += got;
    } while (got == 1024 && used + 1024 < sizeof request);
    request[used] = 0;
    char *body = strstr(request, "\r\n\r\n");
    int size = body
        ? snprintf(reply, sizeof reply,
            "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\necho: %s", strlen(body + 4) + 6, body + 4)
        : snprintf(reply, sizeof reply,
            "HTTP/1.0 500 Internal Server Error\r\nContent-Length: 13\r\n\r\nempty request");
    vector_t v = {reply, (uint32_t)size};
    uint32_t sent;
    send_v1(fd, &v, 1, 0, &sent);
}

int main(void) {
    const char *text = getenv("PORT");
    int port = text ? atoi(text) : 1234, fd, one = 1, number, accepted, count = 0;
    printf("new connection at %d\n", port);
    fflush(stdout);
    uint8_t all[4] = {0}, peer[16], stat[24];
    address_t address = {all, 4}, from = {peer, 16};
    if (sock_open(1, 2, &fd) || setsockopt_v1(fd, 0, 0, &one, 4)) return 1;
    if ((number = sock_bind(fd, &address, port))) { printf("bind: %d\n", number); return 2; }
    if ((number = sock_listen(fd, 128))) { printf("listen: %d\n", number); return 3; }
    if (fdstat(fd, stat) || stat[0] != 6) return 4;
    int limit = getenv("REQUESTS") ? atoi(getenv("REQUESTS")) : -1;
    while (count++ != limit) {
        uint32_t type, from_port;
        if ((number = sock_accept(fd, &accepted))) { printf("accept: %d\n", number); return 5; }
        if (fdstat(accepted, stat)) return 6;
        if (sock_getpeeraddr(accepted, &from, &type, &from_port) == 0 && type != 4) return 7;
        // The lowest number is free again each time, or something was kept.
        if (accepted != fd + 1) return 8;
        serve(accepted);
        shutdown_v1(accepted, 3);
        shutdown_v1(accepted, 3);
        close(accepted);
    }
    printf("done\n");
    return 0;
}
