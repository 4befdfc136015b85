/* frame: one command at a place of the window. Only its headers and the two bytes behind each argument are looked at,
 * and its name by whoever wants to know the verb (spec: AOF, "RESP framing"). */
#include "aof.h"

#include <stdio.h>

enum { DIGITS_QUICK = 18, LINE_QUICK = DIGITS_QUICK + 3 };

bool aof_fetch(rk_aof *aof, uint64_t n, rk_err *err)
{
    rk_err fetching = { 0 };
    rk_window *w = &aof->win;
    if (rk_window_need(w, n, "a command", &fetching))
        return true;
    bool over = w->ended || rk_source_size(w->source) != UINT64_MAX;
    if (fetching.code != RK_TRUNCATED || !over) /* a packed file can be cut off, too */
        *err = fetching;
    return false;
}

uint64_t aof_left(const rk_aof *aof, size_t at)
{
    const rk_window *w = &aof->win;
    uint64_t size = rk_source_size(w->source), offset = aof_offset(aof, at), here = w->end - w->pos - at;
    return size != UINT64_MAX && size > offset && size - offset > here ? size - offset : here;
}

bool aof_within(const rk_aof *aof, const aof_frame *f, rk_err *err)
{
    char name[48] = "";
    if (f->seen > 0)
        rk_slice_print((rk_slice){ aof_at(aof, f->name_at), f->name_len }, name, sizeof name);
    if (err->code != RK_TRUNCATED && err->code != RK_DAMAGED)
        return false;
    return name[0] ? rk_within(err, "command %" PRIu64 " '%s'", f->number, name)
                   : rk_within(err, "command %" PRIu64, f->number);
}

/* The byte at `at` is wrong. */
static bool wrong(rk_aof *aof, const aof_frame *f, size_t at, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static bool wrong(rk_aof *aof, const aof_frame *f, size_t at, rk_err *err, const char *format, ...)
{
    char what[160];
    size_t zeros;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (*aof_at(aof, at) == 0 && aof_zeros(aof, f->at, at, &zeros, err)) {
        uint64_t count = aof_left(aof, zeros);
        rk_fail(err, RK_DAMAGED, aof_offset(aof, zeros), "%" PRIu64 " zero%s up to the end of the file",
                count, count == 1 ? "" : "s");
    }
    rk_fail(err, RK_DAMAGED, aof_offset(aof, at), "%s", what);
    return aof_within(aof, f, err);
}

static bool cut(const rk_aof *aof, const aof_frame *f, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static bool cut(const rk_aof *aof, const aof_frame *f, rk_err *err, const char *format, ...)
{
    char what[160];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    rk_fail(err, RK_TRUNCATED, aof_offset(aof, f->end), "%s", what);
    return aof_within(aof, f, err);
}

/* "the count of arguments", "the length of argument 3 of 4" */
static const char *header_name(const aof_frame *f, uint8_t mark, char out[80])
{
    if (mark == '*')
        snprintf(out, 80, "the count of arguments");
    else
        snprintf(out, 80, "the length of argument %" PRIu64 " of %" PRIu64, f->seen + 1, f->argc);
    return out;
}

/* Byte number `len` of a header fits nowhere. */
static bool header_wrong(rk_aof *aof, const aof_frame *f, uint8_t mark, size_t len, rk_err *err)
{
    char name[80], shown[16];
    rk_slice byte = { aof_at(aof, f->end + len), 1 };
    rk_slice_print(byte, shown, sizeof shown);
    header_name(f, mark, name);
    if (len == 1 && byte.ptr[0] == '\r')
        return wrong(aof, f, f->end + len, err, "%s has no digits", name);
    if (len > 0)
        return wrong(aof, f, f->end + len, err, "'%s' in %s", shown, name);
    if (mark == '*')
        return wrong(aof, f, f->end, err, "a command begins with '%s', not with '*'", shown);
    return wrong(aof, f, f->end, err, "argument %" PRIu64 " of %" PRIu64 " begins with '%s', not with '$'",
                 f->seen + 1, f->argc, shown);
}

/* The header at f->end, byte by byte: one that is long, lies at the end of the window, or is wrong. */
static bool header_slow(rk_aof *aof, aof_frame *f, uint8_t mark, uint64_t *number, rk_err *err)
{
    char name[80];
    uint64_t sum = 0;
    bool ending = false;
    for (size_t len = 0; len < AOF_HEADER_MOST; len++) {
        if (!aof_has(aof, f->end + len + 1, err))
            return err->code == RK_OK && cut(aof, f, err, "the file ends in %s", header_name(f, mark, name));
        uint8_t byte = *aof_at(aof, f->end + len);
        unsigned digit = (unsigned)byte - '0';
        if (ending && byte == '\n') {
            *number = sum;
            f->end += len + 1;
            return true;
        }
        bool fits = len == 0 ? byte == mark : !ending && (digit <= 9 || (byte == '\r' && len > 1));
        if (!fits)
            return header_wrong(aof, f, mark, len, err);
        if (digit <= 9 && sum > ((uint64_t)INT64_MAX - digit) / 10)
            return wrong(aof, f, f->end + len, err, "%s does not fit into 63 bits",
                         header_name(f, mark, name));
        ending = byte == '\r';
        sum = ending || len == 0 ? sum : sum * 10 + digit;
    }
    return wrong(aof, f, f->end + AOF_HEADER_MOST - 1, err, "%s takes more than %d bytes",
                 header_name(f, mark, name), AOF_HEADER_MOST);
}

static inline bool header(rk_aof *aof, aof_frame *f, uint8_t mark, uint64_t *number, rk_err *err)
{
    const rk_window *w = &aof->win;
    if (w->end - w->pos - f->end >= LINE_QUICK) {
        const uint8_t *line = aof_at(aof, f->end);
        uint64_t sum = 0;
        unsigned digit;
        size_t len = 1;
        while ((digit = (unsigned)line[len] - '0') <= 9 && len <= DIGITS_QUICK) {
            sum = sum * 10 + digit;
            len++;
        }
        if (line[0] == mark && len > 1 && line[len] == '\r' && line[len + 1] == '\n') {
            *number = sum;
            f->end += len + 2;
            return true;
        }
    }
    return header_slow(aof, f, mark, number, err);
}

static bool keep_argument(rk_aof *aof, const aof_frame *f, size_t len, rk_err *err)
{
    size_t n = (size_t)f->seen;
    if (n >= aof->args_cap &&
        (!rk_grow((void **)&aof->args, &aof->args_cap, n + 1, sizeof *aof->args, err) ||
         !rk_grow((void **)&aof->offsets, &aof->offsets_cap, aof->args_cap, sizeof *aof->offsets, err)))
        return false;
    aof->args[n].len = len;
    aof->offsets[n] = aof_offset(aof, f->end);
    return true;
}

static bool argument_wrong(rk_aof *aof, const aof_frame *f, uint64_t len, rk_err *err)
{
    char shown[24];
    const uint8_t *behind = aof_at(aof, f->end + (size_t)len);
    size_t at = f->end + (size_t)len + (behind[0] == '\r');
    rk_slice_print((rk_slice){ behind, 2 }, shown, sizeof shown);
    return wrong(aof, f, at, err,
                 "behind argument %" PRIu64 " of %" PRIu64 ", of %" PRIu64 " bytes, stands '%s', not CR LF",
                 f->seen + 1, f->argc, len, shown);
}

static inline bool argument(rk_aof *aof, aof_frame *f, bool keep, rk_err *err)
{
    uint64_t len;
    const rk_window *w = &aof->win;
    if (!header(aof, f, '$', &len, err))
        return false;
    if (len + 2 > w->end - w->pos - f->end && !aof_has(aof, f->end + len + 2, err))
        return err->code == RK_OK && cut(aof, f, err,
                                         "argument %" PRIu64 " of %" PRIu64 " takes %" PRIu64
                                         " bytes and CR LF, %" PRIu64 " remain",
                                         f->seen + 1, f->argc, len, aof_left(aof, f->end));
    const uint8_t *behind = aof_at(aof, f->end + (size_t)len);
    if (behind[0] != '\r' || behind[1] != '\n')
        return argument_wrong(aof, f, len, err);
    if (keep && !keep_argument(aof, f, (size_t)len, err))
        return false;
    if (f->seen == 0) {
        f->name_at = f->end;
        f->name_len = (size_t)len;
    }
    f->end += (size_t)len + 2;
    f->seen++;
    return true;
}

bool aof_frame_argument(rk_aof *aof, aof_frame *f, rk_err *err)
{
    return argument(aof, f, false, err);
}

bool aof_frame_command(rk_aof *aof, aof_frame *f, bool keep, rk_err *err)
{
    f->end = f->at;
    f->seen = f->argc = 0;
    if (!header(aof, f, '*', &f->argc, err))
        return false;
    if (f->argc == 0)
        return wrong(aof, f, f->at + 1, err, "a command of 0 arguments");
    while (f->seen < f->argc)
        if (!argument(aof, f, keep, err))
            return false;
    return true;
}
