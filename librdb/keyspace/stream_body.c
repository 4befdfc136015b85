/* stream_body: fields and values of an entry, as one string. */
#include "stream.h"

enum { SCRATCH = 2, HEAD_MOST = 24 };

void ks_body_begin(rk_keyspace *ks)
{
    ks->scratch[SCRATCH].len = 0;
}

bool ks_body_add(rk_keyspace *ks, rk_slice piece)
{
    uint8_t head[HEAD_MOST];
    size_t at = sizeof head, len = piece.len;
    rk_buf *body = &ks->scratch[SCRATCH];
    head[--at] = '\n';
    head[--at] = '\r';
    do
        head[--at] = (uint8_t)('0' + len % 10);
    while (len /= 10);
    head[--at] = '$';
    return rk_buf_add(body, (rk_slice){ head + at, sizeof head - at }, ks->err) &&
           rk_buf_add(body, piece, ks->err) && rk_buf_add(body, RK_TEXT("\r\n"), ks->err);
}

bool ks_body_end(rk_keyspace *ks, ks_str *body)
{
    return ks_str_of(ks, rk_buf_slice(&ks->scratch[SCRATCH]), body);
}

bool ks_body_of_args(ks_call *c, size_t from, ks_str *body)
{
    size_t last = ks_argc(c) - 1;
    uint64_t begin = c->command->offsets[from - 1] + ks_arg(c, from - 1).len + 2; /* behind its CR LF */
    uint64_t end = c->command->offsets[last] + ks_arg(c, last).len;
    if (c->home >= KS_FILE && end - begin >= KS_FILE_LEAST) {
        *body = (ks_str){ .offset = begin, .len = end - begin, .home = c->home };
        return true;
    }
    ks_body_begin(c->ks);
    for (size_t i = from; i <= last; i++)
        if (!ks_body_add(c->ks, ks_arg(c, i)))
            return false;
    return ks_body_end(c->ks, body);
}

bool ks_body_next(rk_slice *rest, rk_slice *piece, bool *bad)
{
    rk_slice text = *rest;
    uint64_t len = 0;
    size_t at = 1;
    *bad = false;
    if (text.len == 0)
        return false;
    for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && len < text.len; at++)
        len = len * 10 + (uint64_t)(text.ptr[at] - '0');
    *bad = text.ptr[0] != '$' || at + 2 > text.len || text.ptr[at] != '\r' || len > text.len - at - 2;
    if (*bad)
        return false;
    *piece = (rk_slice){ text.ptr + at + 2, (size_t)len };
    *rest = rk_slice_from(text, at + 2 + (size_t)len + 2);
    return true;
}
