#pragma once
#include <curl/curl.h>
#include <stdint.h>
#include <sys/socket.h>

// curl_easy_setopt and curl_easy_getinfo take any number of arguments, which Swift cannot call; one
// function for each type of argument stands here. Their results are curl's.

static inline CURLcode swiftlet_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode swiftlet_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode swiftlet_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl copies the bytes.
static inline CURLcode swiftlet_curl_set_bytes(CURL *handle, CURLoption option, const void *bytes,
                                               size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

static inline CURLcode swiftlet_curl_set_list(CURL *handle, CURLoption option,
                                              struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode swiftlet_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*swiftlet_curl_take)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode swiftlet_curl_set_callback(CURL *handle, CURLoption option,
                                                  swiftlet_curl_take value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode swiftlet_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode swiftlet_curl_get_text(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

// libcurl calls this with each new socket, before it connects; `context` is the number of bytes itself.
static inline int swiftlet_curl_bound_buffer(void *context, curl_socket_t socket,
                                             curlsocktype purpose) {
    int byte_count = (int)(intptr_t)context;
    (void)purpose;
    // A kernel that cannot do it only loses more when we are killed.
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &byte_count, sizeof byte_count);
    return CURL_SOCKOPT_OK;
}

static inline CURLcode swiftlet_curl_set_receive_buffer(CURL *handle, int byte_count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, swiftlet_curl_bound_buffer);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, (void *)(intptr_t)byte_count);
}
