// WasmEdge's socket functions as its programs import them.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define FROM(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

typedef struct { const void *buf; uint32_t len; } address_t;
typedef struct { void *buf; uint32_t len; } vector_t;

FROM("sock_open") int sock_open(int family, int type, int *fd);
FROM("sock_bind") int sock_bind(int fd, address_t *address, uint32_t port);
FROM("sock_listen") int sock_listen(int fd, int backlog);
FROM("sock_connect") int sock_connect(int fd, address_t *address, uint32_t port);
FROM("sock_recv") int recv_v1(int fd, vector_t *v, int n, int flags, uint32_t *len, uint32_t *out);
FROM("sock_send") int send_v1(int fd, vector_t *v, int n, int flags, uint32_t *len);
FROM("sock_shutdown") int shutdown_v1(int fd, int how);
FROM("sock_setsockopt") int setsockopt_v1(int fd, int level, int name, void *value, uint32_t len);
FROM("sock_getsockopt") int getsockopt_v1(int fd, int level, int name, void *value, uint32_t *len);
