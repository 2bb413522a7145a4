// The second form of WasmEdge's functions, by their own names; or, with BY_TYPE, by the number of their
// parameters, as a module gets them that imports the plain name.
#include "table.h"
#include "sockets.h"

#ifdef BY_TYPE
#define CHOSEN(name) FROM(name)
#else
#define CHOSEN(name) FROM(name "_v2")
#endif
CHOSEN("sock_accept") int accept_2(int fd, int flags, int *out);
CHOSEN("sock_recv_from") int recv_from_2(int, vector_t *, int, address_t *, int, uint16_t *, uint32_t *, uint32_t *);
CHOSEN("sock_getlocaladdr") int local_2(int fd, address_t *address, uint32_t *port);
CHOSEN("sock_getpeeraddr") int peer_2(int fd, address_t *address, uint32_t *port);
FROM("sock_open_v2") int open_2(int family, int type, int *fd);
FROM("sock_bind_v2") int bind_2(int fd, address_t *address, uint32_t port);
FROM("sock_listen_v2") int listen_2(int fd, int backlog);
FROM("sock_connect_v2") int connect_2(int fd, address_t *address, uint32_t port);
FROM("sock_recv_v2") int recv_2(int fd, vector_t *v, int n, int flags, uint32_t *len, uint32_t *out);
FROM("sock_send_v2") int send_2(int fd, vector_t *v, int n, int flags, uint32_t *len);
FROM("sock_send_to_v2") int send_to_2(int, vector_t *, int, address_t *, int port, int, uint32_t *);
FROM("epoll_oneoff") int epoll(void *in, void *out, uint32_t n, uint32_t *count);

static uint8_t four[4] = {127, 0, 0, 1}, sixteen[16] = {[15] = 1}, room[128], asked[128];
static address_t plain = {four, 4}, plain6 = {sixteen, 16}, told = {room, 128}, large = {asked, 128};
static char text[32];
static vector_t out = {"eleven bytes", 11}, in = {text, 31};
static uint32_t count, flags;

// The address of this host in the large form.
static void ask(int family) {
    memset(asked, 0, sizeof asked);
    asked[0] = (uint8_t)family;
    memcpy(asked + 2, family == 1 ? four : sixteen, family == 1 ? 4 : 16);
}

static void streams(int family) {
    int listener, client, server, bytes = family == 1 ? 4 : 16;
    uint32_t port = 0, peer = 0, mine = 1;
    ask(family);
    ROW("sock_open_v2", "a stream", open_2(family, 2, &listener), 0);
    ROW("sock_bind_v2", "the large form", bind_2(listener, &large, 0), 0);
    ROW("sock_listen_v2", "a backlog", listen_2(listener, 3), 0);
    ROW("sock_getlocaladdr_v2", "the large form", local_2(listener, &told, &port), 0);
    ROW("sock_getlocaladdr_v2", "the family in two bytes", room[0] * 10 + room[1], family * 10);
    ROW("sock_getlocaladdr_v2", "then the address", memcmp(room + 2, asked + 2, (size_t)bytes), 0);
    ROW("sock_getlocaladdr_v2", "the port in this host's order", port > 1023 && port < 65536, 1);
    address_t small = {room, 16};
    ROW("sock_getlocaladdr_v2", "no other length", local_2(listener, &small, &port), E(INVAL));
    OK(open_2(family, 2, &client));
    ROW("sock_connect_v2", "the large form", connect_2(client, &large, port), 0);
    ROW("sock_accept_v2", "with flags", accept_2(listener, 0, &server), 0);
    ROW("sock_getpeeraddr_v2", "who is there", peer_2(server, &told, &peer), 0);
    OK(local_2(client, &told, &mine));
    ROW("sock_getpeeraddr_v2", "is who connected", peer == mine, 1);
    ROW("sock_getpeeraddr_v2", "no other length", peer_2(server, &small, &peer), E(INVAL));
    ROW("sock_send_v2", "some bytes", send_2(client, &out, 1, 0, &count) * 100 + (int)count, 11);
    ROW("sock_recv_v2", "a look ahead", recv_2(server, &in, 1, 1, &count, &flags) * 100 + (int)count, 11);
    ROW("sock_recv_v2", "the same bytes", recv_2(server, &in, 1, 0, &count, &flags) * 100 + (int)count, 11);
    ROW("sock_recv_v2", "no such flag", recv_2(server, &in, 1, 4, &count, &flags), E(INVAL));
    ROW("sock_send_v2", "no such flag", send_2(client, &out, 1, 1, &count), E(INVAL));
    ROW("sock_recv_v2", "the count beyond memory", recv_2(server, &in, 1, 0, BEYOND + 13, &flags), E(FAULT));
    ROW("sock_send_v2", "the count beyond memory", send_2(client, &out, 1, 0, BEYOND + 13), E(FAULT));
    int other;
    OK(open_2(family, 2, &other));
    OK(connect_2(other, family == 1 ? &plain : &plain6, port));
    int waiting;
    ROW("sock_accept_v2", "never waiting", accept_2(listener, 4, &waiting), 0);
    ROW("sock_recv_v2", "then nothing is there", recv_2(waiting, &in, 1, 0, &count, &flags), E(AGAIN));
    __wasi_subscription_t wait = {.userdata = 5, .u.tag = __WASI_EVENTTYPE_FD_READ};
    wait.u.u.fd_read.file_descriptor = (__wasi_fd_t)waiting;
    OK(send_2(other, &out, 1, 0, &count));
    __wasi_event_t event;
    ROW("epoll_oneoff", "something to read", epoll(&wait, &event, 1, &count) * 100 + (int)event.fd_readwrite.nbytes, 11);
    int all[] = {listener, client, server, other, waiting};
    for (int i = 0; i < 5; i++) OK(__wasi_fd_close((__wasi_fd_t)all[i]));
}

static void datagrams(void) {
    int a, b;
    uint32_t to, from;
    uint16_t sender = 0;
    ask(1);
    OK(open_2(1, 1, &a));
    OK(open_2(1, 1, &b));
    OK(bind_2(a, &plain, 0));
    OK(bind_2(b, &large, 0));
    OK(local_2(a, &told, &to));
    OK(local_2(b, &told, &from));
    ROW("sock_send_to_v2", "the large form", send_to_2(b, &out, 1, &large, (int)to, 0, &count) * 100 + (int)count, 11);
    in.len = 5;
    ROW("sock_recv_from_v2", "a short buffer",
        recv_from_2(a, &in, 1, &told, 0, &sender, &count, &flags) * 100 + (int)count, 5);
    ROW("sock_recv_from_v2", "says so", flags & 0xFFFF, 1);
    ROW("sock_recv_from_v2", "the port in the network's order", (uint16_t)(sender << 8 | sender >> 8), from);
    ROW("sock_recv_from_v2", "the sender in the large form", room[0] == 1 && memcmp(room + 2, four, 4) == 0, 1);
    ROW("sock_send_to_v2", "the plain form too", send_to_2(b, &out, 1, &plain, (int)to, 0, &count), 0);
    ROW("sock_listen_v2", "what has no connections", listen_2(a, 1), E(NOTSUP));
    asked[0] = 0;
    ROW("sock_send_to_v2", "no family", send_to_2(b, &out, 1, &large, (int)to, 0, &count), E(INVAL));
    asked[0] = 3;
    ROW("sock_send_to_v2", "a family that is not here", send_to_2(b, &out, 1, &large, (int)to, 0, &count), E(NOSYS));
    asked[0] = 1;
    asked[1] = 1;
    ROW("sock_bind_v2", "a family of 257", bind_2(b, &large, 0), E(INVAL));
    ROW("sock_open_v2", "a local one", open_2(3, 2, &a), E(NOSYS));
    ROW("sock_open_v2", "no family", open_2(9, 2, &a), E(INVAL));
    ROW("sock_open_v2", "no type", open_2(1, 0, &a), E(INVAL));
}

int main(void) {
    streams(1);
    streams(2);
    datagrams();
    return ended();
}
