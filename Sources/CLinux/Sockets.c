// Names that the C library declares only on demand: accept4, syscall, the flags of getaddrinfo.
#define _GNU_SOURCE
// Not in a header as the other calls are: the headers of the network, read there, would hide names
// of the C library from Swift.
#include "Sockets.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The IPv4 address from which packets to the default route leave, in host order; 0 for none.
// Connecting a datagram socket sends nothing. Source: RFC 5737 for the address, which is nobody's.
uint32_t swiftlet_route_source(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    address.sin_addr.s_addr = htonl(0xC0000201);
    uint32_t source = 0;
    socklen_t size = sizeof address;
    if (connect(descriptor, (struct sockaddr *)&address, size) == 0
        && getsockname(descriptor, (struct sockaddr *)&address, &size) == 0) {
        source = ntohl(address.sin_addr.s_addr);
    }
    close(descriptor);
    return source;
}

// The family's structure from 4 or 16 bytes; its size, or 0 for another count.
static socklen_t swiftlet_make_address(
    struct sockaddr_storage *storage, const uint8_t *bytes, int count, uint16_t port
) {
    memset(storage, 0, sizeof *storage);
    if (count == 4) {
        struct sockaddr_in *address = (struct sockaddr_in *)storage;
        address->sin_family = AF_INET;
        address->sin_port = htons(port);
        memcpy(&address->sin_addr, bytes, 4);
        return sizeof *address;
    }
    if (count == 16) {
        struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(port);
        memcpy(&address->sin6_addr, bytes, 16);
        return sizeof *address;
    }
    return 0;
}

// Takes such a structure apart: port << 32 | count, the bytes into `bytes`; -1 for another family.
static int64_t swiftlet_take_address(const struct sockaddr_storage *storage, uint8_t *bytes) {
    if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *address = (const struct sockaddr_in *)storage;
        memcpy(bytes, &address->sin_addr, 4);
        return (int64_t)ntohs(address->sin_port) << 32 | 4;
    }
    if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)storage;
        memcpy(bytes, &address->sin6_addr, 16);
        return (int64_t)ntohs(address->sin6_port) << 32 | 16;
    }
    errno = EAFNOSUPPORT;
    return -1;
}

// socket(2) that never blocks here: who waits polls, so that the wait can be interrupted.
int swiftlet_socket(int isIPv6, int isDatagram) {
    int type = (isDatagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return socket(isIPv6 ? AF_INET6 : AF_INET, type, 0);
}

int swiftlet_bind(int socket, const uint8_t *bytes, int count, uint16_t port) {
    struct sockaddr_storage address;
    socklen_t size = swiftlet_make_address(&address, bytes, count, port);
    return bind(socket, (struct sockaddr *)&address, size);
}

int swiftlet_connect(int socket, const uint8_t *bytes, int count, uint16_t port) {
    struct sockaddr_storage address;
    socklen_t size = swiftlet_make_address(&address, bytes, count, port);
    return connect(socket, (struct sockaddr *)&address, size);
}

int swiftlet_accept(int socket) {
    return accept4(socket, (struct sockaddr *)0, (socklen_t *)0, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

// getpeername(2) or getsockname(2), as swiftlet_take_address says it.
int64_t swiftlet_socket_name(int socket, int isPeer, uint8_t *bytes) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    struct sockaddr *place = (struct sockaddr *)&address;
    if ((isPeer ? getpeername(socket, place, &size) : getsockname(socket, place, &size)) != 0) {
        return -1;
    }
    return swiftlet_take_address(&address, bytes);
}

// sendto(2), or send(2) when `count` is 0; never a signal.
long swiftlet_send(
    int socket, const void *data, unsigned long size, const uint8_t *bytes, int count, uint16_t port
) {
    struct sockaddr_storage address;
    socklen_t addressSize = swiftlet_make_address(&address, bytes, count, port);
    struct sockaddr *place = addressSize > 0 ? (struct sockaddr *)&address : (struct sockaddr *)0;
    return sendto(socket, data, size, MSG_NOSIGNAL | MSG_DONTWAIT, place, addressSize);
}

// recvfrom(2); `sender` gets what swiftlet_take_address says, 0 when there is no sender to name.
long swiftlet_receive(
    int socket, void *data, unsigned long size, int flags, uint8_t *bytes, int64_t *sender
) {
    struct sockaddr_storage address;
    socklen_t addressSize = sizeof address;
    memset(&address, 0, sizeof address);
    long count = recvfrom(
        socket, data, size, flags | MSG_DONTWAIT, (struct sockaddr *)&address, &addressSize
    );
    *sender = 0;
    if (count >= 0 && addressSize > 0) {
        int64_t taken = swiftlet_take_address(&address, bytes);
        if (taken > 0) *sender = taken;
    }
    return count;
}

// setsockopt(2), IPV6_V6ONLY off.
int swiftlet_take_both_families(int socket) {
    int off = 0;
    return setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
}


// getaddrinfo(3); how many were found, or its (negative) error. Source of the guest's numbers: WasmEdge,
// __wasi_aiflags_t, __wasi_address_family_t, __wasi_sock_type_t, __wasi_protocol_t.
int swiftlet_resolve(
    const char *node, const char *service, uint16_t flags, uint8_t family, uint8_t type,
    uint8_t transport, struct swiftlet_found *found, int countMax, char *name
) {
    static const int bits[] = {
        AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, 0x400 /* AI_NUMERICSERV */, AI_V4MAPPED, AI_ALL,
        AI_ADDRCONFIG,
    };
    struct addrinfo hints, *list = (struct addrinfo *)0;
    memset(&hints, 0, sizeof hints);
    for (unsigned bit = 0; bit < sizeof bits / sizeof *bits; bit++) {
        if (flags & 1u << bit) hints.ai_flags |= bits[bit];
    }
    hints.ai_family = family == 1 ? AF_INET : family == 2 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = type == 1 ? SOCK_DGRAM : type == 2 ? SOCK_STREAM : 0;
    hints.ai_protocol = transport == 1 ? IPPROTO_TCP : transport == 2 ? IPPROTO_UDP : 0;
    int error = getaddrinfo(
        *node ? node : (const char *)0, *service ? service : (const char *)0, &hints, &list
    );
    if (error != 0) return error < 0 ? error : -11 /* EAI_SYSTEM */;
    int count = 0;
    if (list && list->ai_canonname) strncpy(name, list->ai_canonname, 255);
    for (struct addrinfo *entry = list; entry && count < countMax; entry = entry->ai_next) {
        struct sockaddr_storage address;
        if (entry->ai_addrlen > sizeof address) continue;
        memset(&address, 0, sizeof address);
        memcpy(&address, entry->ai_addr, entry->ai_addrlen);
        int64_t taken = swiftlet_take_address(&address, found[count].bytes);
        if (taken < 0) continue;
        found[count].count = (uint8_t)(taken & 0xFF);
        found[count].port = (uint16_t)(taken >> 32);
        found[count].type = entry->ai_socktype == SOCK_DGRAM ? 1 : entry->ai_socktype == SOCK_STREAM ? 2 : 0;
        found[count].transport =
            entry->ai_protocol == IPPROTO_TCP ? 1 : entry->ai_protocol == IPPROTO_UDP ? 2 : 0;
        count++;
    }
    freeaddrinfo(list);
    return count;
}
