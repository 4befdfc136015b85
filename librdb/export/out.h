/* out: text on its way to a FILE, gathered in one large buffer. Whoever writes asks first for room for the most that
 * may come; nothing is checked byte by byte. */
#ifndef RDBKIT_EXPORT_OUT_H
#define RDBKIT_EXPORT_OUT_H

#include <stdio.h>

#include "rdbkit/base.h"

enum { EXPORT_OUT_SIZE = 256 * 1024, EXPORT_ROOM_MOST = 128 * 1024 };

typedef struct export_escape export_escape; /* json_text.c */

typedef struct {
    FILE *file;
    uint8_t *buf;
    size_t len;
    export_escape *escape; /* how JSON strings are written here */
    bool failed;           /* the file took no more: what comes is dropped */
} export_out;

bool export_out_open(export_out *out, FILE *file, rk_err *err);
void export_out_flush(export_out *out);
void export_out_close(export_out *out); /* drops what was not flushed */

/* Where the next `most` (up to EXPORT_ROOM_MOST) bytes go; export_out_took tells where they ended. */
static inline uint8_t *export_out_room(export_out *out, size_t most)
{
    if (most > EXPORT_OUT_SIZE - out->len)
        export_out_flush(out);
    return out->buf + out->len;
}

static inline void export_out_took(export_out *out, const uint8_t *end)
{
    out->len = (size_t)(end - out->buf);
}

static inline void export_out_byte(export_out *out, char byte)
{
    *export_out_room(out, 1) = (uint8_t)byte;
    out->len++;
}

/* Our own words, up to EXPORT_ROOM_MOST bytes. */
static inline void export_out_text(export_out *out, const char *text)
{
    size_t len = strlen(text);
    memcpy(export_out_room(out, len), text, len);
    out->len += len;
}

void export_out_bytes(export_out *out, rk_slice bytes); /* any number */
void export_out_u64(export_out *out, uint64_t number);
void export_out_i64(export_out *out, int64_t number);
void export_out_base64(export_out *out, rk_slice bytes);

#endif
