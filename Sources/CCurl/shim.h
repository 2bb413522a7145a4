#pragma once
#include <curl/curl.h>

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
