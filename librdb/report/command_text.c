/* command_text: a command as a line of text, whole or shortened. */
#include "command_text.h"

#include "rdbkit/json.h"

enum { ARGS_SHOWN = 8, ARG_MOST = 60 };

static bool is_plain(rk_slice arg)
{
    if (arg.len == 0 || arg.ptr[0] == '"' || arg.ptr[0] == '\'' || !rk_slice_utf8(arg))
        return false;
    for (size_t i = 0; i < arg.len; i++)
        if (arg.ptr[i] <= ' ' || arg.ptr[i] == 0x7f)
            return false;
    return true;
}

static bool add_quoted(rk_buf *line, rk_slice arg, rk_err *err)
{
    bool utf8 = rk_slice_utf8(arg), ok = rk_buf_add(line, RK_TEXT("\""), err);
    for (size_t i = 0; ok && i < arg.len; i++) {
        uint8_t c = arg.ptr[i];
        const char *word = c == '"'    ? "\\\""
                           : c == '\\' ? "\\\\"
                           : c == '\n' ? "\\n"
                           : c == '\r' ? "\\r"
                           : c == '\t' ? "\\t"
                                       : NULL;
        if (word)
            ok = rk_buf_add(line, rk_slice_of(word), err);
        else if (c < ' ' || c == 0x7f || (c > 0x7f && !utf8))
            ok = rk_buf_printf(line, err, "\\x%02x", c);
        else
            ok = rk_buf_add(line, (rk_slice){ &arg.ptr[i], 1 }, err);
    }
    return ok && rk_buf_add(line, RK_TEXT("\""), err);
}

static bool add_argument(rk_buf *line, rk_slice arg, rk_err *err)
{
    return is_plain(arg) ? rk_buf_add(line, arg, err) : add_quoted(line, arg, err);
}

/* Payloads of jobs by class and jid. */
static bool add_job(rk_buf *line, const rk_envelope *job, rk_err *err)
{
    char name[80], jid[60];
    rk_buf scratch = { 0 };
    rk_slice class_name = RK_EMPTY;
    bool ok = rk_envelope_class(job, &scratch, &class_name, err) &&
              rk_buf_printf(line, err, "<%s %s>",
                            class_name.len ? rk_slice_print(class_name, name, sizeof name) : "no class",
                            job->jid.len ? rk_slice_print(job->jid, jid, sizeof jid) : "no jid");
    rk_buf_free(&scratch);
    return ok;
}

/* Cuts where a character ends. */
static rk_slice cut(rk_slice arg)
{
    size_t len = ARG_MOST;
    while (len > ARG_MOST - 4 && (arg.ptr[len] & 0xc0) == 0x80)
        len--;
    return rk_slice_head(arg, len);
}

static bool add_short(rk_buf *line, rk_slice arg, rk_err *err)
{
    rk_envelope job;
    if (arg.len > 2 && arg.ptr[0] == '{' && rk_envelope_scan(arg, &job) && job.has_class && job.has_args)
        return add_job(line, &job, err);
    if (arg.len <= ARG_MOST)
        return add_argument(line, arg, err);
    return add_argument(line, cut(arg), err) && rk_buf_printf(line, err, "...(%zu bytes)", arg.len);
}

bool rk_command_text(rk_buf *line, const rk_slice *args, size_t argc, bool full, rk_err *err)
{
    size_t shown = full || argc <= ARGS_SHOWN + 1 ? argc : ARGS_SHOWN;
    for (size_t i = 0; i < shown; i++)
        if ((i && !rk_buf_add(line, RK_TEXT(" "), err)) ||
            !(full ? add_argument(line, args[i], err) : add_short(line, args[i], err)))
            return false;
    return shown == argc || rk_buf_printf(line, err, " ...(%zu more)", argc - shown);
}
