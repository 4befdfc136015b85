/* select: a SELECT among bytes that are passed over. It chooses the database of all that follows, so that leaving it out
 * would put other commands' keys where they do not belong. */
#include "run.h"

#include <strings.h>

enum { STEP = 64 * 1024, PATTERN = 10, SEEN = PATTERN + 40 /* the pattern, a length, a number */ };

/* Behind "$6 SELECT": "$1 3". False: no number can be read. */
static bool database_at(rk_slice rest, int64_t *db)
{
    int64_t len;
    size_t end = rk_slice_find(rest, RK_TEXT("\r\n"), 0);
    if (rest.len == 0 || rest.ptr[0] != '$' || end == SIZE_MAX ||
        !rk_slice_int((rk_slice){ rest.ptr + 1, end - 1 }, &len) || len < 1 || len > 19)
        return false;
    rest = rk_slice_from(rest, end + 2);
    return rest.len >= (size_t)len + 2 && memcmp(rest.ptr + len, "\r\n", 2) == 0 &&
           rk_slice_int(rk_slice_head(rest, (size_t)len), db) && *db >= 0;
}

static bool is_select(const uint8_t *at)
{
    return memcmp(at, "$6\r\n", 4) == 0 && strncasecmp((const char *)at + 4, "select", PATTERN - 4) == 0;
}

static void look(rk_slice bytes, size_t from, size_t to, int64_t *db, bool *broken)
{
    for (size_t at = from; at < to && at + PATTERN <= bytes.len; at++) {
        const uint8_t *next = memchr(bytes.ptr + at, '$', bytes.len - at - PATTERN + 1);
        if (!next || (at = (size_t)(next - bytes.ptr)) >= to)
            return;
        int64_t found;
        if (!is_select(next))
            continue;
        rk_slice rest = rk_slice_from(bytes, at + PATTERN);
        *broken = !rk_slice_starts(rest, RK_TEXT("\r\n")) || !database_at(rk_slice_from(rest, 2), &found);
        *db = *broken ? *db : found;
    }
}

bool aofcheck_select_in(const rk_source *source, uint64_t from, uint64_t to, int64_t *db, bool *broken,
                        rk_err *err)
{
    uint8_t *chunk = rk_alloc(STEP);
    bool ok = chunk || rk_no_memory(err);
    *db = -1;
    *broken = false;
    while (ok && from < to) {
        size_t got = 0, len = 0, most = to - from < STEP ? (size_t)(to - from) : STEP;
        do {
            ok = rk_source_read_at(source, from + len, chunk + len, most - len, &got, err);
            len += got;
        } while (ok && got > 0 && len < most);
        bool last = from + len >= to || got == 0;
        size_t until = last || len < SEEN ? len : len - SEEN;
        if (ok)
            look((rk_slice){ chunk, len }, 0, until, db, broken);
        if (last)
            break;
        from += until;
    }
    rk_free(chunk);
    return ok;
}
