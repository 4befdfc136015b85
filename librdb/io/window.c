/* window: the part of a source that is in memory, moving forward. */
#include "rdbkit/io.h"

enum { WINDOW_FIRST = 256 * 1024, WINDOW_SECOND = 16 * 1024 };

static bool allocate(rk_window *w, size_t cap, rk_err *err)
{
    w->buf = rk_alloc(cap);
    w->cap = cap;
    return w->buf || rk_no_memory(err);
}

bool rk_window_open(rk_window *w, rk_source *source, rk_err *err)
{
    *w = (rk_window){ .source = source };
    return allocate(w, WINDOW_FIRST, err);
}

bool rk_window_open_second(rk_window *w, const rk_source *source, rk_err *err)
{
    *w = (rk_window){ .source = (rk_source *)source, .second = true };
    return allocate(w, WINDOW_SECOND, err);
}

bool rk_window_seek(rk_window *w, uint64_t offset, rk_err *err)
{
    if (!w->second)
        return rk_fail(err, RK_USAGE, offset, "a window that reads forward cannot seek");
    if (offset >= w->base && offset - w->base <= w->end) {
        w->pos = w->drained = (size_t)(offset - w->base);
        return true;
    }
    w->base = offset;
    w->pos = w->end = w->drained = 0;
    w->ended = false;
    return true;
}

void rk_window_close(rk_window *w)
{
    rk_free(w->buf);
    w->buf = NULL;
}

void rk_window_drain(rk_window *w)
{
    if (w->drain && w->pos > w->drained)
        w->drain(w->self, w->buf + w->drained, w->pos - w->drained);
    w->drained = w->pos;
}

/* Forgets what has been consumed, up to what is held; not before it is as much as what stays, so that no byte is moved
 * time and again. */
static void shift(rk_window *w)
{
    size_t gone = w->holding ? w->held : w->pos;
    rk_window_drain(w);
    if (gone == 0 || gone < w->end - gone)
        return;
    memmove(w->buf, w->buf + gone, w->end - gone);
    w->base += gone;
    w->end -= gone;
    w->pos -= gone;
    w->drained = w->pos;
    w->held = 0;
}

/* Reads more, into a larger buffer when this one is full of what has really arrived. */
static bool read_more(rk_window *w, rk_err *err)
{
    size_t got = 0;
    if (w->end == w->cap) {
        size_t cap = w->cap > SIZE_MAX / 2 ? SIZE_MAX : w->cap * 2;
        uint8_t *larger = rk_realloc(w->buf, cap);
        if (!larger)
            return rk_no_memory(err);
        w->buf = larger;
        w->cap = cap;
    }
    bool ok = w->second ? rk_source_read_at(w->source, w->base + w->end, w->buf + w->end, w->cap - w->end,
                                            &got, err)
                        : rk_source_read(w->source, w->buf + w->end, w->cap - w->end, &got, err);
    w->end += got;
    w->ended = ok && got == 0;
    return ok;
}

static bool too_short(rk_window *w, uint64_t n, const char *what, uint64_t remain, rk_err *err)
{
    return rk_fail(err, RK_TRUNCATED, rk_window_offset(w), "%s takes %" PRIu64 " bytes, %" PRIu64 " remain",
                   what, n, remain);
}

bool rk_window_fill(rk_window *w, uint64_t n, const char *what, rk_err *err)
{
    uint64_t size = rk_source_size(w->source);
    uint64_t offset = rk_window_offset(w);
    if (size != UINT64_MAX && n > size - (offset < size ? offset : size))
        return too_short(w, n, what, size - (offset < size ? offset : size), err);
    shift(w);
    while (w->end - w->pos < n && !w->ended)
        if (!read_more(w, err))
            return false;
    return w->end - w->pos >= n || too_short(w, n, what, w->end - w->pos, err);
}

bool rk_window_skip_far(rk_window *w, uint64_t n, const char *what, rk_err *err)
{
    uint64_t size = rk_source_size(w->source), left = n;
    uint64_t offset = rk_window_offset(w);
    if (size != UINT64_MAX && n > size - (offset < size ? offset : size))
        return too_short(w, n, what, size - (offset < size ? offset : size), err);
    while (left > w->end - w->pos && !w->ended) {
        left -= w->end - w->pos;
        w->pos = w->end;
        shift(w);
        if (!read_more(w, err))
            return false;
    }
    if (left > w->end - w->pos)
        return rk_fail(err, RK_TRUNCATED, offset, "%s takes %" PRIu64 " bytes, %" PRIu64 " remain", what, n,
                       n - left + (w->end - w->pos));
    w->pos += (size_t)left;
    return true;
}

bool rk_window_skip_rest(rk_window *w, uint64_t *count, rk_err *err)
{
    for (*count = 0;;) {
        *count += w->end - w->pos;
        w->pos = w->end;
        if (w->ended)
            return true;
        shift(w);
        if (!read_more(w, err))
            return false;
    }
}
