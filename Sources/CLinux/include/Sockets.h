#pragma once
// Sockets: addresses travel as bytes and a port, so that Swift sees no structure of the system. An
// address is told as port << 32 | count of its bytes, which are 4 or 16. No call waits but the last.
#include <stdint.h>

// The IPv4 address from which packets to the default route leave, in host order; 0 for none.
uint32_t swiftlet_route_source(void);
// socket(2), without waiting and closed at exec.
int swiftlet_socket(int isIPv6, int isDatagram);
// A netlink socket that hears of links, addresses and routes; -1 with errno. It does not wait.
int swiftlet_network_open(void);
// Takes what it heard last: 1 when something came up, 0 when not, -1 when there is nothing.
int swiftlet_network_read(int socket);
// bind(2).
int swiftlet_bind(int socket, const uint8_t *bytes, int count, uint16_t port);
// connect(2).
int swiftlet_connect(int socket, const uint8_t *bytes, int count, uint16_t port);
// accept4(2).
int swiftlet_accept(int socket);
// getpeername(2) or getsockname(2): the address, or -1.
int64_t swiftlet_socket_name(int socket, int isPeer, uint8_t *bytes);
// sendto(2), or send(2) when `count` is 0; never a signal.
long swiftlet_send(
    int socket, const void *data, unsigned long size, const uint8_t *bytes, int count, uint16_t port
);
// recvfrom(2); `sender` gets the address, 0 when there is no sender to name.
long swiftlet_receive(
    int socket, void *data, unsigned long size, int flags, uint8_t *bytes, int64_t *sender
);
// setsockopt(2), IPV6_V6ONLY off.
int swiftlet_take_both_families(int socket);

// One address that getaddrinfo(3) found, in the guest's numbers.
struct swiftlet_found {
    uint8_t bytes[16];
    uint8_t count;
    uint8_t type;
    uint8_t transport;
    uint16_t port;
};

// getaddrinfo(3), which waits for the network; how many were found, or its (negative) error.
int swiftlet_resolve(
    const char *node, const char *service, uint16_t flags, uint8_t family, uint8_t type,
    uint8_t transport, struct swiftlet_found *found, int countMax, char *name
);
