#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

// The digests with a state that can be kept: EVP shows none, and the functions that do are called
// deprecated since OpenSSL 3.0, which Swift would take for an error.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static inline void swiftlet_sha256_begin(SHA256_CTX *state) { (void)SHA256_Init(state); }
static inline void swiftlet_sha256_add(SHA256_CTX *state, const void *bytes, size_t count) {
    (void)SHA256_Update(state, bytes, count);
}
static inline void swiftlet_sha256_end(SHA256_CTX *state, unsigned char *digest) {
    (void)SHA256_Final(digest, state);
}
static inline void swiftlet_sha512_begin(SHA512_CTX *state) { (void)SHA512_Init(state); }
static inline void swiftlet_sha512_add(SHA512_CTX *state, const void *bytes, size_t count) {
    (void)SHA512_Update(state, bytes, count);
}
static inline void swiftlet_sha512_end(SHA512_CTX *state, unsigned char *digest) {
    (void)SHA512_Final(digest, state);
}

#pragma clang diagnostic pop
