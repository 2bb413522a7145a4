// Asks for a name's address, connects, posts two bytes and prints the answer's body.
#include "sockets.h"
#include <stdio.h>
FROM("sock_getaddrinfo") int resolve(
    const char *, int, const char *, int, void *, void *, int, uint32_t *);
struct info { uint16_t flags; uint8_t family, type, protocol; uint32_t addrlen; void *addr; char *name; uint32_t name_len; struct info *next; };
struct address { uint8_t family; uint32_t len; uint8_t *data; };

int main(int count, char **words) {
    if (count < 3) return 64;
    uint8_t data[26];
    struct address found = {0, 26, data};
    struct info list = {.addr = &found}, hints = {.family = 1, .type = 2}, *first = &list;
    uint32_t number = 0, sent, got = 0, flags;
    int fd, error = resolve(
        words[1], (int)strlen(words[1]) + 1, words[2], (int)strlen(words[2]) + 1, &hints, &first, 1,
        &number
    );
    if (!error && number != 1) return 65;
    address_t address = {data + 2, 4};
    if (!error) error = sock_open(1, 2, &fd);
    if (!error) error = sock_connect(fd, &address, (uint32_t)atoi(words[2]));
    if (error) { printf("error %d\n", error); return 1; }
    char request[] = "POST / HTTP/1.0\r\n\r\nhi", reply[1024] = "";
    vector_t out = {request, sizeof request - 1}, in = {reply, sizeof reply - 1};
    if (send_v1(fd, &out, 1, 0, &sent) || recv_v1(fd, &in, 1, 2, &got, &flags)) return 66;
    printf("%s\n", strstr(reply, "echo"));
    return 0;
}
