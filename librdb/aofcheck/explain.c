/* explain: what a byte of an append-only file means: of its head as check.h has it, of its commands here. A first pass
 * numbers the commands up to the byte; a second reads from shortly before it and tells each part (spec: AOF, "RESP
 * framing", "Annotations", "Transactions"). */
#include "../check/explain.h"
#include "run.h"
#include "walk.h"

#include <stdio.h>

enum { PREVIEW = 60, PEEK = 8 };

/* What the first pass finds. */
typedef struct {
    uint64_t begin;  /* of the commands */
    uint64_t from;   /* where the second pass starts: a command, an annotation or lost bytes begin there */
    uint64_t number; /* of the first command from there on */
    bool in_multi;   /* it stands in a transaction */
    int64_t db, time_s;
    uint64_t lost_from, lost_to; /* bytes passed over that are near the byte; equal: none are */
} found;

/* ---- the first pass --------------------------------------------------------------------------------------------------- */

static bool read_to_end(rk_source *source, rk_err *err)
{
    uint8_t room[16 * 1024];
    size_t got = 1;
    while (rk_source_size(source) == UINT64_MAX && got > 0)
        if (!rk_source_read(source, room, sizeof room, &got, err))
            return false;
    return true;
}

static void pass_command(found *f, const rk_aof_command *command, uint64_t target)
{
    if (command->verb == RK_VERB_SELECT && command->argc > 1)
        rk_slice_int(command->args[1], &f->db);
    if (command->end > target)
        return;
    f->from = command->end;
    f->number = command->number + 1;
    f->in_multi = command->in_multi && command->verb != RK_VERB_EXEC;
    f->time_s = command->time_s;
}

/* Passes over commands up to the one that holds the byte. */
static bool find(rk_aof *aof, const rk_explain *e, found *f, rk_err *err)
{
    uint64_t target = e->offset > e->span ? e->offset - e->span : 0;
    rk_aof_command command;
    for (bool more = true; more;) {
        rk_err why = { 0 }, looking = { 0 };
        while (rk_aof_next(aof, &command, &why)) {
            pass_command(f, &command, target);
            if (command.end > e->offset)
                return true;
        }
        if (why.code != RK_OK && why.code != RK_DAMAGED && why.code != RK_TRUNCATED) {
            *err = why;
            return false;
        }
        if (why.code == RK_OK)
            return true;
        uint64_t from = rk_aof_good(aof), to = e->place.size;
        more = rk_aof_resume(aof, &from, &to, &looking);
        if (looking.code != RK_OK && looking.code != RK_DAMAGED && looking.code != RK_TRUNCATED) {
            *err = looking;
            return false;
        }
        f->lost_from = from;
        f->lost_to = more ? to : e->place.size;
        if (e->place.damage.code == RK_OK && e->offset >= from && e->offset < f->lost_to)
            ((rk_explain *)e)->place.damage = why;
        if (f->lost_to <= target)
            f->from = f->lost_to;
    }
    return true;
}

/* ---- the second pass -------------------------------------------------------------------------------------------------- */

typedef struct {
    rk_explain *e;
    aofcheck_walk walk;
    found state;
} telling;

static void tell_annotation(telling *t, uint64_t from, uint64_t to)
{
    rk_explain *e = t->e;
    int64_t time_s;
    uint8_t line[64];
    char shown[100];
    size_t len = to - from < sizeof line ? (size_t)(to - from) : sizeof line;
    len = explain_read(e, from, line, len);
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    if (len > 4 && memcmp(line, "#TS:", 4) == 0 && rk_slice_int((rk_slice){ line + 4, len - 4 }, &time_s))
        t->state.time_s = time_s;
    explain_add(e, (explain_spot){ .from = from, .len = to - from }, "annotation: %s",
                rk_slice_print((rk_slice){ line, len }, shown, sizeof shown));
    if (explain_holds(e, from, to)) {
        e->place.in_record = true;
        e->place.record = "annotation";
        e->place.begin = from;
        e->place.end = to;
    }
}

/* The annotations between `from` and the command that begins at `to`. */
static void tell_annotations(telling *t, uint64_t from, uint64_t to)
{
    uint8_t byte;
    uint64_t begin = from;
    for (uint64_t at = from; at < to && explain_read(t->e, at, &byte, 1) == 1; at++)
        if (byte == '\n') {
            tell_annotation(t, begin, at + 1);
            begin = at + 1;
        }
    if (begin < to)
        tell_annotation(t, begin, to);
}

static void tell_argument(rk_explain *e, const aofcheck_walk *w, const aofcheck_argument *a, uint64_t index,
                          uint64_t argc)
{
    uint8_t bytes[PREVIEW];
    char quoted[200];
    uint64_t len = a->whole ? a->len + 2 : a->there;
    (void)w;
    explain_add(e, (explain_spot){ .depth = 1, .from = a->header, .len = a->content - a->header },
                "length of argument %" PRIu64 " of %" PRIu64 ": %" PRIu64, index, argc, a->len);
    size_t wanted = a->there < sizeof bytes ? (size_t)a->there : sizeof bytes;
    if (len == 0 || !explain_is_near(e, false, a->content, a->content + len)) {
        if (len > 0)
            explain_add(e, (explain_spot){ .depth = 1, .from = a->content, .len = len }, "argument %" PRIu64,
                        index);
        return;
    }
    rk_slice shown = { bytes, explain_read(e, a->content, bytes, wanted) };
    explain_add(e, (explain_spot){ .depth = 1, .from = a->content, .len = len },
                "argument %" PRIu64 " of %" PRIu64 ": %s%s", index, argc,
                explain_quote(shown, a->there, quoted, sizeof quoted), a->whole ? ", then CR LF" : "");
}

static void name_command(telling *t, uint64_t argc)
{
    char when[64] = "";
    bool multi = t->walk.verb == RK_VERB_MULTI, exec = t->walk.verb == RK_VERB_EXEC;
    t->state.in_multi |= multi;
    if (t->state.time_s >= 0)
        snprintf(when, sizeof when, ", behind #TS:%" PRId64, t->state.time_s);
    explain_retell(t->e, &t->e->path[0], "command %" PRIu64 ": %s, %" PRIu64 " argument%s, %s transaction%s",
                   t->state.number, t->walk.name[0] ? t->walk.name : "?", argc, argc == 1 ? "" : "s",
                   t->state.in_multi ? "in a" : "in no", when);
    if (exec)
        t->state.in_multi = false;
}

static void end_command(telling *t, uint64_t end)
{
    rk_explain *e = t->e;
    bool holds = explain_holds(e, e->begin, end);
    explain_end_record(e, end);
    if (holds)
        e->place.record = "command";
}

/* Tells the next command as far as it is there. False: it is broken, or there is none. */
static bool tell_command(telling *t)
{
    aofcheck_walk *w = &t->walk;
    aofcheck_argument a;
    uint64_t from = w->at, index = 0;
    bool there = aofcheck_walk_command(w, &t->e->trouble);
    tell_annotations(t, from, w->begin);
    if (!there)
        return false;
    uint64_t argc = w->argc;
    explain_start_record(t->e, w->begin);
    explain_add(t->e, (explain_spot){ .depth = 1, .from = w->begin, .len = w->at - w->begin },
                "arguments: %" PRIu64, argc);
    while (aofcheck_walk_argument(w, &a, &t->e->trouble)) {
        tell_argument(t->e, w, &a, ++index, argc);
        if (!a.whole) /* what there is of it has been told */
            w->at = a.content + a.there;
    }
    name_command(t, argc);
    end_command(t, w->at);
    t->state.number++;
    return w->seen == argc;
}

static void tell_raw(rk_explain *e, uint64_t from, uint64_t to)
{
    if (from < to)
        explain_add(e, (explain_spot){ .from = from, .len = to - from }, "not read, %" PRIu64 " byte%s",
                    to - from, to - from == 1 ? "" : "s");
}

/* What was passed over: commands that are whole, the broken one as far as it goes, and bytes that mean nothing. */
static void tell_lost(telling *t)
{
    rk_explain *e = t->e;
    uint64_t to = t->state.lost_to;
    const char *why = e->place.damage.code != RK_OK ? e->place.damage.what : "no command follows here";
    bool whole = true;
    while (whole && t->walk.at < to && e->trouble.code == RK_OK)
        whole = tell_command(t);
    if (t->walk.at > to || whole)
        return;
    explain_error(e, 0, false, t->walk.at, why);
    tell_raw(e, t->walk.at, to);
    t->walk.at = to;
}

static void tell_all(telling *t)
{
    rk_explain *e = t->e;
    const found *s = &t->state;
    while (t->walk.at < e->place.size && !explain_is_past(e, false, t->walk.at) && e->trouble.code == RK_OK) {
        uint64_t before = t->walk.at;
        if (s->lost_from < s->lost_to && t->walk.at >= s->lost_from && t->walk.at < s->lost_to)
            tell_lost(t);
        else if (!tell_command(t) && t->walk.at < e->place.size) {
            explain_error(e, 0, false, t->walk.at, "no command follows here");
            tell_raw(e, t->walk.at, e->place.size);
            return;
        }
        if (t->walk.at == before)
            return;
    }
}

/* ---- running ------------------------------------------------------------------------------------------------------------ */

static bool explain_commands(rk_explain *e, uint64_t begin, rk_err *err)
{
    telling t = { .e = e, .state = { .begin = begin, .from = begin, .number = 1, .time_s = -1 } };
    rk_window window;
    if (!rk_window_open_second(&window, e->source, err) || !rk_window_seek(&window, begin, err))
        return false;
    rk_aof *aof = rk_aof_open_behind(&window, err);
    bool ok = aof && find(aof, e, &t.state, err) && aofcheck_walk_open(&t.walk, e->source, t.state.from, err);
    if (ok)
        tell_all(&t);
    aofcheck_walk_close(&t.walk);
    rk_aof_close(aof);
    if (ok && e->trouble.code != RK_OK)
        *err = e->trouble;
    return ok && err->code == RK_OK;
}

static bool find_begin(rk_source *source, uint64_t *begin, rk_err *err)
{
    uint8_t first[PEEK];
    size_t got = 0;
    *begin = 0;
    if (!rk_source_peek(source, first, sizeof first, &got, err))
        return false;
    bool snapshot = aofcheck_is_snapshot((rk_slice){ first, got });
    bool commands = got > 0 && (first[0] == '*' || first[0] == '#');
    bool named = rk_slice_ends(rk_slice_of(rk_source_name(source)), RK_TEXT(".aof"));
    if (snapshot)
        return aofcheck_head_end(source, begin, err);
    if (!read_to_end(source, err))
        return false;
    *begin = commands || named ? 0 : rk_source_size(source);
    return true;
}

static rk_explain *explain_head(rk_source *source, uint64_t begin, uint64_t offset,
                                const rk_explain_options *options, rk_err *err)
{
    rk_source *head = rk_source_part(source, 0, begin, err);
    rk_explain *e = head ? rk_explain_source(head, offset, options, err) : NULL;
    if (!e) {
        rk_source_close(source);
        return NULL;
    }
    e->whole = source;
    e->place.path = rk_source_name(source);
    e->place.size = rk_source_size(source);
    return e;
}

rk_explain *rk_aofcheck_explain_source(rk_source *source, uint64_t offset, const rk_explain_options *options,
                                       rk_err *err)
{
    uint64_t begin;
    if (!find_begin(source, &begin, err)) {
        rk_err_source(err, rk_source_name(source));
        rk_source_close(source);
        return NULL;
    }
    uint64_t size = rk_source_size(source);
    if (offset < begin || begin == size)
        return explain_head(source, begin, offset, options, err);
    rk_explain *e = explain_new(source, offset, options, err);
    if (!e)
        return NULL;
    e->place.size = size;
    if (offset >= size)
        rk_fail(err, RK_USAGE, RK_NO_OFFSET, "there is no byte %" PRIu64 ": it has %" PRIu64 " bytes", offset,
                size);
    else if (explain_commands(e, begin, err))
        return e;
    rk_err_source(err, rk_source_name(source));
    rk_explain_free(e);
    return NULL;
}

rk_explain *rk_aofcheck_explain(const char *path, uint64_t offset, const rk_explain_options *options,
                                rk_err *err)
{
    rk_source_options opening = { .second_look = true, .progress = options ? options->progress : NULL };
    rk_source *source = rk_source_open(path, &opening, err);
    return source ? rk_aofcheck_explain_source(source, offset, options, err) : NULL;
}
