// SOCK_CLOEXEC and SOCK_NONBLOCK.
#define _GNU_SOURCE
#include "Sockets.h"
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int swiftlet_network_open(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (descriptor < 0) return -1;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int problem = errno;
    close(descriptor);
    errno = problem;
    return -1;
}

// Whether one message tells of something new that packets may leave by; not of the loopback.
static int swiftlet_network_brings(const struct nlmsghdr *header) {
    switch (header->nlmsg_type) {
    case RTM_NEWADDR:
    case RTM_NEWROUTE: return 1;
    case RTM_NEWLINK: {
        struct ifinfomsg link;
        if (header->nlmsg_len < NLMSG_LENGTH(sizeof link)) return 0;
        memcpy(&link, NLMSG_DATA(header), sizeof link);
        return (link.ifi_flags & IFF_RUNNING) && !(link.ifi_flags & IFF_LOOPBACK);
    }
    default: return 0;
    }
}

int swiftlet_network_read(int descriptor) {
    // Source: netlink(7): 8 KiB hold every message of the kernel.
    _Alignas(struct nlmsghdr) char bytes[8192];
    ssize_t count = recv(descriptor, bytes, sizeof bytes, 0);
    // Messages that found no room are news too.
    if (count < 0) return errno == ENOBUFS ? 1 : -1;
    int brings = 0;
    unsigned left = (unsigned)count;
    for (struct nlmsghdr *header = (struct nlmsghdr *)bytes; NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
        brings |= swiftlet_network_brings(header);
    }
    return brings;
}
