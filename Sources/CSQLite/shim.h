#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift cannot import: the library copies what it is given.

/// Binds `count` bytes of UTF-8.
static inline int swiftlet_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *start,
                                            int count) {
    return sqlite3_bind_text(statement, index, start, count, SQLITE_TRANSIENT);
}

/// Binds `count` bytes; an empty blob stays a blob, though `start` may be null then.
static inline int swiftlet_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *start,
                                            int count) {
    if (count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob(statement, index, start, count, SQLITE_TRANSIENT);
}
