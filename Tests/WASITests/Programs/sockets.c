// Sockets in both forms, between two ends in one program: layouts, quirks, errors.
#include "check.h"
#include "sockets.h"
FROM("sock_accept") int accept_v1(int fd, int *out);
FROM("sock_accept_v2") int accept_v2(int fd, int flags, int *out);
FROM("sock_getlocaladdr") int local_v1(int fd, address_t *a, uint32_t *type, uint32_t *port);
FROM("sock_getlocaladdr_v2") int local_v2(int fd, address_t *a, uint32_t *port);
FROM("sock_getpeeraddr") int peer_v1(int fd, address_t *a, uint32_t *type, uint32_t *port);
FROM("sock_bind_v2") int bind_v2(int fd, address_t *a, uint32_t port);
FROM("sock_connect_v2") int connect_v2(int fd, address_t *a, uint32_t port);
FROM("sock_recv_from") int recv_from_v1(int, vector_t *, int, address_t *, int, uint32_t *, uint32_t *);
FROM("sock_recv_from_v2") int recv_from_v2(
    int, vector_t *, int, address_t *, int, uint16_t *, uint32_t *, uint32_t *);
FROM("sock_send_to") int send_to_v1(int, vector_t *, int, address_t *, int port, int, uint32_t *);
FROM("sock_getaddrinfo") int resolve(
    const char *, int, const char *, int, void *, void *, int, uint32_t *);

static uint8_t loopback[4] = {127, 0, 0, 1}, room[128];
static address_t here = {loopback, 4}, small = {room, 4}, large = {room, 16}, storage = {room, 128};

static int pair(int *server, int *client, uint32_t *port) {
    int listener;
    uint32_t type;
    OK(sock_open(1, 2, &listener));
    OK(sock_bind(listener, &here, 0));
    OK(sock_listen(listener, 5));
    OK(local_v1(listener, &small, &type, port));
    CHECK(type, 4);
    OK(sock_open(1, 2, client));
    OK(sock_connect(*client, &here, *port));
    OK(accept_v1(listener, server));
    return listener;
}

static void streams(void) {
    int server, client, other;
    uint32_t port, peer, type, count, flags = 9;
    int listener = pair(&server, &client, &port);
    OK(peer_v1(client, &large, &type, &peer));
    CHECK(type, 4);
    CHECK(peer, port);
    THAT(memcmp(room, loopback, 4) == 0);
    OK(local_v2(server, &storage, &peer));
    THAT(room[0] == 1 && room[1] == 0 && memcmp(room + 2, loopback, 4) == 0);
    CHECK(local_v2(server, &large, &peer), __WASI_ERRNO_INVAL);
    CHECK(local_v1(server, &storage, &type, &peer), __WASI_ERRNO_INVAL);

    char text[16] = "";
    vector_t out[2] = {{"hel", 3}, {"lo", 2}}, in[2] = {{text, 2}, {text + 2, 14}};
    OK(send_v1(client, out, 2, 0, &count));
    CHECK(count, 5);
    OK(recv_v1(server, in, 2, 1, &count, &flags));
    CHECK(count, 5);
    CHECK(flags & 0xFFFF, 0);
    OK(recv_v1(server, in, 2, 0, &count, &flags));
    CHECK(strcmp(text, "hello"), 0);
    CHECK(recv_v1(server, in, 2, 4, &count, &flags), __WASI_ERRNO_INVAL);
    CHECK(recv_v1(server, in, 1025, 0, &count, &flags), __WASI_ERRNO_INVAL);
    CHECK(send_v1(server, out, 2, 1, &count), __WASI_ERRNO_INVAL);
    CHECK(recv_v1(listener, in, 1, 0, &count, &flags), __WASI_ERRNO_NOTCONN);

    // Plain reads and writes, as a libc makes them.
    __wasi_size_t moved;
    OK(write_text(server, "answer", &moved));
    OK(read_text(client, text, sizeof text));
    CHECK(strcmp(text, "answer"), 0);
    __wasi_fdstat_t stat;
    OK(__wasi_fd_fdstat_get(client, &stat));
    CHECK(stat.fs_filetype, __WASI_FILETYPE_SOCKET_STREAM);
    OK(__wasi_fd_fdstat_set_flags(client, __WASI_FDFLAGS_NONBLOCK));
    CHECK(recv_v1(client, in, 1, 0, &count, &flags), __WASI_ERRNO_AGAIN);
    CHECK(__wasi_fd_seek(client, 0, __WASI_WHENCE_SET, (void *)room), __WASI_ERRNO_SPIPE);

    OK(__wasi_fd_fdstat_set_flags(listener, __WASI_FDFLAGS_NONBLOCK));
    CHECK(accept_v1(listener, &other), __WASI_ERRNO_AGAIN);
    OK(__wasi_fd_fdstat_set_flags(listener, 0));

    OK(shutdown_v1(client, 2));
    OK(recv_v1(server, in, 1, 0, &count, &flags));
    CHECK(count, 0);
    CHECK(shutdown_v1(client, 0), __WASI_ERRNO_INVAL);
    CHECK(shutdown_v1(client, 4), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_close(server));
    OK(__wasi_fd_close(client));

    OK(sock_open(1, 2, &client));
    OK(sock_connect(client, &here, port));
    OK(accept_v2(listener, 4, &server));
    OK(__wasi_fd_fdstat_get(server, &stat));
    CHECK(stat.fs_flags, __WASI_FDFLAGS_NONBLOCK);
    CHECK(recv_v1(server, in, 1, 0, &count, &flags), __WASI_ERRNO_AGAIN);
    OK(__wasi_fd_close(listener));
    OK(__wasi_fd_close(server));
    OK(shutdown_v1(client, 3) == 0 ? 0 : 0);
    OK(__wasi_fd_close(client));
    OK(sock_open(1, 2, &client));
    CHECK(sock_connect(client, &here, port), __WASI_ERRNO_CONNREFUSED);
    OK(__wasi_fd_close(client));
}

static void datagrams(void) {
    int a, b;
    uint32_t port, type, count, flags;
    uint16_t sender = 0;
    OK(sock_open(1, 1, &a));
    OK(sock_open(1, 1, &b));
    memset(room, 0, sizeof room);
    room[0] = 1;
    memcpy(room + 2, loopback, 4);
    OK(bind_v2(a, &storage, 0));
    OK(sock_bind(b, &here, 0));
    uint32_t back;
    OK(local_v1(b, &small, &type, &back));
    OK(local_v1(a, &small, &type, &port));
    char text[8] = "";
    vector_t out = {"datagram", 8}, in = {text, 4};
    OK(send_to_v1(b, &out, 1, &here, port, 0, &count));
    CHECK(count, 8);
    OK(recv_from_v2(a, &in, 1, &storage, 0, &sender, &count, &flags));
    CHECK(count, 4);
    CHECK(flags & 0xFFFF, 1);
    CHECK((uint16_t)(sender << 8 | sender >> 8), back);
    THAT(room[0] == 1 && memcmp(room + 2, loopback, 4) == 0);
    OK(send_to_v1(a, &out, 1, &here, back, 0, &count));
    OK(recv_from_v1(b, &in, 1, &small, 0, &count, &flags));
    THAT(memcmp(room, loopback, 4) == 0);
    CHECK(sock_listen(a, 1), __WASI_ERRNO_NOTSUP);
    CHECK(send_to_v1(b, &out, 1, &here, 70000, 0, &count), __WASI_ERRNO_INVAL);

    // Readiness, and a limit on waiting.
    __wasi_subscription_t waits[2] = {
        {.userdata = 1, .u.tag = __WASI_EVENTTYPE_FD_READ, .u.u.fd_read.file_descriptor = (__wasi_fd_t)a},
        {.userdata = 2, .u.tag = __WASI_EVENTTYPE_CLOCK, .u.u.clock = {.id = 1, .timeout = 1000000}},
    };
    __wasi_event_t events[2];
    __wasi_size_t number;
    OK(__wasi_poll_oneoff(waits, events, 2, &number));
    CHECK(number, 1);
    CHECK(events[0].userdata, 2);
    OK(send_to_v1(b, &out, 1, &here, port, 0, &count));
    OK(__wasi_poll_oneoff(waits, events, 1, &number));
    CHECK(events[0].userdata, 1);
    CHECK(events[0].fd_readwrite.nbytes, 8);
    OK(recv_from_v1(a, &in, 1, &small, 0, &count, &flags));
    int64_t limit[2] = {0, 1000}, told[2];
    uint32_t size = 16;
    OK(setsockopt_v1(a, 0, 11, limit, 16));
    OK(getsockopt_v1(a, 0, 11, told, &size));
    THAT(size == 16 && told[0] == 0 && told[1] == 1000);
    CHECK(recv_from_v1(a, &in, 1, &small, 0, &count, &flags), __WASI_ERRNO_AGAIN);
    OK(__wasi_fd_close(a));
    OK(__wasi_fd_close(b));
}

static void options(void) {
    int fd, value = -1;
    uint32_t size = 4;
    // The numbers of WasmEdge before 0.10: IPv4 0, stream 1.
    OK(sock_open(0, 1, &fd));
    OK(getsockopt_v1(fd, 0, 1, &value, &size));
    CHECK(value, 2);
    OK(getsockopt_v1(fd, 0, 2, &value, &size));
    CHECK(value, 0);
    OK(getsockopt_v1(fd, 0, 13, &value, &size));
    value = 1;
    OK(setsockopt_v1(fd, 0, 7, &value, 4));
    CHECK(setsockopt_v1(fd, 1, 7, &value, 4), __WASI_ERRNO_INVAL);
    CHECK(setsockopt_v1(fd, 0, 99, &value, 4), __WASI_ERRNO_INVAL);
    CHECK(setsockopt_v1(fd, 0, 7, &value, 1 << 20), __WASI_ERRNO_INVAL);
    CHECK(setsockopt_v1(fd, 0, 7, (void *)0xFFFFFFF0, 4), __WASI_ERRNO_FAULT);
    CHECK(getsockopt_v1(fd, 0, 7, &value, (void *)0xFFFFFFF0), __WASI_ERRNO_FAULT);
    OK(__wasi_fd_close(fd));
    CHECK(setsockopt_v1(fd, 0, 7, &value, 4), __WASI_ERRNO_BADF);
    CHECK(setsockopt_v1(1, 0, 7, &value, 4), __WASI_ERRNO_NOTSOCK);
    CHECK(sock_open(3, 2, &fd), __WASI_ERRNO_NOSYS);
    CHECK(sock_open(9, 2, &fd), __WASI_ERRNO_INVAL);
    CHECK(sock_open(1, 0, &fd), __WASI_ERRNO_INVAL);
    CHECK(sock_open(1, 3, &fd), __WASI_ERRNO_INVAL);
    CHECK(sock_open(1, 2, (void *)0xFFFFFFF0), __WASI_ERRNO_FAULT);
    OK(sock_open(1, 2, &fd));
    address_t odd = {loopback, 5}, far = {(void *)0xFFFFFFF0, 4};
    CHECK(sock_bind(fd, &odd, 1), __WASI_ERRNO_INVAL);
    CHECK(sock_bind(fd, &far, 1), __WASI_ERRNO_FAULT);
    CHECK(sock_bind(fd, &large, 1), __WASI_ERRNO_AFNOSUPPORT);
    CHECK(sock_bind(fd, (address_t *)((char *)&here + 1), 1), __WASI_ERRNO_ADDRNOTAVAIL);
    CHECK(peer_v1(fd, &small, &size, &size), __WASI_ERRNO_NOTCONN);
    OK(__wasi_fd_close(fd));
    // As many as a program may have, and then an error, not an end.
    int last = 0, count = 0;
    while (sock_open(1, 2, &fd) == 0 && count < 5000) { last = fd; count++; }
    CHECK(sock_open(1, 2, &fd), __WASI_ERRNO_MFILE);
    THAT(count > 500 && count < 1024);
    for (; count > 0; count--) OK(__wasi_fd_close(last--));
}

struct info { uint16_t flags; uint8_t family, type, protocol; uint32_t addrlen; void *addr; char *name; uint32_t name_len; struct info *next; };
struct address { uint8_t family; uint32_t len; uint8_t *data; };

static void names(void) {
    uint8_t data[2][26];
    char full[2][32];
    struct address addresses[2] = {{0, 26, data[0]}, {0, 26, data[1]}};
    struct info list[2] = {
        {.addr = &addresses[0], .name = full[0], .name_len = 32, .next = &list[1]},
        {.addr = &addresses[1], .name = full[1], .name_len = 32},
    };
    struct info hints = {.family = 1, .type = 2, .protocol = 1}, *first = list;
    uint32_t count = 9;
    OK(resolve("127.0.0.1", 10, "1234", 5, &hints, &first, 2, &count));
    CHECK(count, 1);
    THAT(list[0].family == 1 && list[0].type == 2 && list[0].protocol == 1);
    CHECK(list[0].addrlen, 16);
    CHECK(addresses[0].family, 1);
    CHECK(addresses[0].len, 14);
    THAT(memcmp(data[0], (uint8_t[]){1234 >> 8, 1234 & 255, 127, 0, 0, 1}, 6) == 0);
    hints.flags = 4;
    CHECK(resolve("no.such.name", 13, "1", 2, &hints, &first, 2, &count), 84);
    CHECK(resolve("127.0.0.1", 10, "no such service", 16, &hints, &first, 2, &count), 85);
    CHECK(resolve("127.0.0.1", 1000, "1", 2, &hints, &first, 2, &count), __WASI_ERRNO_NAMETOOLONG);
    CHECK(resolve("127.0.0.1", 10, "1", 2, &hints, &first, 0, &count), __WASI_ERRNO_INVAL);
    CHECK(resolve("127.0.0.1", 10, "1", 2, &hints, (void *)0xFFFFFFF0, 1, &count), __WASI_ERRNO_FAULT);
}

int main(void) {
    streams();
    datagrams();
    options();
    names();
    return finish();
}
