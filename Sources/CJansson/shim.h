#pragma once
#include <jansson.h>

/// The text of an error, which Swift would see as a tuple of 160 characters.
static inline const char *swiftlet_json_error_text(const json_error_t *error) {
    return error->text;
}
