/* command: puts commands together. */
#include <stdio.h>

#include "restore.h"

enum { HEAD = 24 };

bool rk_bundle_command_start(rk_bundle_command *c, rk_err *err)
{
    c->args = 0;
    c->bytes.len = 0;
    if (!rk_buf_reserve(&c->bytes, HEAD, err))
        return false;
    c->bytes.len = HEAD;
    return true;
}

static bool add_arg(rk_buf *out, rk_slice arg, rk_err *err)
{
    return rk_bundle_add_word(out, "$", err) && rk_bundle_add_u64(out, arg.len, err) &&
           rk_bundle_add_word(out, "\r\n", err) && rk_buf_add(out, arg, err) &&
           rk_bundle_add_word(out, "\r\n", err);
}

bool rk_bundle_command_arg(rk_bundle_command *c, rk_slice arg, rk_err *err)
{
    c->args++;
    return add_arg(&c->bytes, arg, err);
}

bool rk_bundle_command_word(rk_bundle_command *c, const char *arg, rk_err *err)
{
    return rk_bundle_command_arg(c, rk_slice_of(arg), err);
}

bool rk_bundle_command_u64(rk_bundle_command *c, uint64_t arg, rk_err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, arg);
    return rk_bundle_command_word(c, text, err);
}

bool rk_bundle_command_score(rk_bundle_command *c, double score, rk_err *err)
{
    char text[40];
    snprintf(text, sizeof text, "%.17g", score);
    return rk_bundle_command_word(c, text, err);
}

rk_slice rk_bundle_command_end(rk_bundle_command *c)
{
    char head[HEAD + 1];
    int len = snprintf(head, sizeof head, "*%" PRIu64 "\r\n", c->args);
    uint8_t *begin = c->bytes.ptr + HEAD - len;
    memcpy(begin, head, (size_t)len);
    return (rk_slice){ begin, c->bytes.len - (size_t)(HEAD - len) };
}

bool rk_bundle_command_add(rk_buf *out, const rk_slice *args, size_t count, rk_err *err)
{
    bool ok = rk_bundle_add_word(out, "*", err) && rk_bundle_add_u64(out, count, err) &&
              rk_bundle_add_word(out, "\r\n", err);
    for (size_t i = 0; ok && i < count; i++)
        ok = add_arg(out, args[i], err);
    return ok;
}
