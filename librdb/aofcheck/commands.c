/* commands: reads the commands of a part, goes on behind what is broken, and notes which bytes are sound. */
#include "run.h"
#include "walk.h"

#include <stdio.h>

typedef struct {
    rk_aofcheck *c;
    size_t index;
    aofcheck_part *part;
    rk_aof *aof;
    uint64_t end;    /* of the spans so far */
    uint64_t number; /* of the last command that was read */
    int64_t db;      /* that holds */
    size_t follows;  /* index of the problem that waits for what comes behind it, or SIZE_MAX */
    rk_err *err;
} reading;

/* ---- spans -------------------------------------------------------------------------------------------------- */

static bool add_span(reading *r, rk_span_kind kind, uint64_t to, uint64_t commands)
{
    aofcheck_part *p = r->part;
    rk_aof_span *last = p->span_count ? &p->spans[p->span_count - 1] : NULL;
    if (to <= r->end)
        return true;
    if (last && last->kind == kind) {
        last->to = to;
        last->commands += commands;
    } else {
        if (!rk_grow((void **)&p->spans, &p->span_cap, p->span_count + 1, sizeof *p->spans, r->err))
            return false;
        p->spans[p->span_count++] =
            (rk_aof_span){ .kind = kind, .from = r->end, .to = to, .commands = commands, .select = -1 };
    }
    r->end = to;
    return true;
}

/* ---- commands that are whole ----------------------------------------------------------------------------------- */

static void note_stop(reading *r, aofcheck_stop stop, uint64_t at, const char *why)
{
    if (r->part->stop != STOP_NOT)
        return;
    r->part->stop = stop;
    r->part->stop_at = at;
    r->part->stop_why = why;
    r->part->part.good = at;
}

/* What stands behind the last damage is known now. */
static bool say_follows(reading *r, const rk_aof_command *command)
{
    char name[48];
    if (r->follows >= r->c->problem_count)
        return true;
    rk_slice_print(command->args[0], name, sizeof name);
    const char *text = aofcheck_text(r->c, r->err, "goes on at byte %" PRIu64 " with '%s' in db %" PRId64,
                                     command->offset, name, r->db);
    r->c->problems[r->follows].follows = text;
    r->follows = SIZE_MAX;
    return text != NULL;
}

/* A command that nobody knows, with a name that is but one byte from SELECT, or a SELECT of what is no number. */
static bool may_be_select(const rk_aof_command *command)
{
    static const char name[] = "select";
    rk_slice own = command->args[0];
    size_t others = 0;
    if (own.len != sizeof name - 1 || command->argc != 2)
        return false;
    for (size_t i = 0; i < own.len; i++)
        others += (own.ptr[i] | 0x20) != name[i];
    return others <= 1;
}

static bool say_database(reading *r, uint64_t offset)
{
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_UNSEEN, .step = "database", .offset = offset },
                         .part = r->index };
    return aofcheck_problem_add(
        r->c, &p, r->err, "a SELECT is broken: what follows may belong to another database than %" PRId64,
        r->db);
}

static bool take_command(reading *r, const rk_aof_command *command)
{
    bool stays;
    size_t before = r->c->problem_count;
    rk_aof_part *part = &r->part->part;
    r->number = command->number;
    if (!say_follows(r, command) || !aofcheck_judge(r->c, r->index, command, &stays, r->err))
        return false;
    if (!stays) {
        part->lost_commands++;
        part->lost_bytes += command->end - command->offset;
        note_stop(r, STOP_BAD, command->offset,
                  r->c->problem_count > before ? r->c->problems[before].problem.what
                                               : "a command that is unknown");
        return add_span(r, RK_SPAN_SOUND, command->offset, 0) &&
               add_span(r, RK_SPAN_LEFT_OUT, command->end, 1) &&
               (!may_be_select(command) || say_database(r, command->offset));
    }
    if (command->verb == RK_VERB_SELECT)
        rk_slice_int(command->args[1], &r->db);
    part->commands++;
    part->transactions += command->verb == RK_VERB_EXEC;
    r->part->stop_commands += r->part->stop != STOP_NOT;
    return add_span(r, RK_SPAN_SOUND, command->end, 1);
}

/* ---- what is broken --------------------------------------------------------------------------------------------- */

/* Steps by words of the reader. */
static const struct {
    const char *words, *step;
} steps[] = {
    { "zeros up to the end", "zeros" },
    { "annotation", "annotation" },
    { "MULTI", "transaction" },
    { "EXEC", "transaction" },
};

static const char *step_of(const rk_err *why, bool follows)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strstr(why->what, steps[i].words))
            return steps[i].step;
    return why->code == RK_TRUNCATED && !follows ? "torn" : "framing";
}

/* What was passed over, [from, to): how many commands of it are whole, and which one is broken. */
static bool look_at_lost(reading *r, const rk_err *why, rk_aof_problem *p, uint64_t *lost, char name[48])
{
    aofcheck_walk walk;
    *lost = 0;
    name[0] = 0;
    if (!aofcheck_walk_open(&walk, r->part->source, p->from, r->err))
        return false;
    uint64_t number = r->number + 1, at = p->from;
    while (at < p->to && aofcheck_walk_whole(&walk, r->err) && walk.at <= p->to) {
        bool before = why->has_offset && walk.at <= why->offset;
        ++*lost;
        number += before;
        at = walk.at;
    }
    if (at < p->to) { /* one that is broken, or more: nobody can count them */
        ++*lost;
        memcpy(name, walk.name, sizeof walk.name);
    }
    if (rk_slice_starts(rk_slice_of(why->what), RK_TEXT("no EXEC"))) {
        number = r->number + 1;
        snprintf(name, 48, "MULTI");
    }
    p->number = number;
    aofcheck_walk_close(&walk);
    return r->err->code == RK_OK;
}

static bool say_broken(reading *r, const rk_err *why, uint64_t from, uint64_t to, bool follows, bool open)
{
    char name[48];
    uint64_t lost;
    rk_aof_problem p = { .problem = { .kind = RK_PROBLEM_DAMAGE,
                                      .step = step_of(why, follows),
                                      .offset = why->has_offset ? why->offset : from },
                         .part = r->index,
                         .from = from,
                         .to = to,
                         .in_multi = open };
    if (!look_at_lost(r, why, &p, &lost, name))
        return false;
    p.command = name[0] ? name : NULL;
    r->part->part.lost_commands += lost;
    r->part->part.lost_bytes += to - from;
    r->follows = follows ? r->c->problem_count : SIZE_MAX;
    if (!aofcheck_problem_add(r->c, &p, r->err, "%s", why->what))
        return false;
    const char *kept = aofcheck_text(r->c, r->err, "%s", why->what);
    if (!kept)
        return false;
    note_stop(r, why->code == RK_TRUNCATED ? STOP_END : STOP_BAD, from, kept);
    return true;
}

/* The last part ends in the middle of something, and there is nothing else wrong with it. */
static bool note_torn(reading *r, const rk_err *why, uint64_t from, bool open)
{
    rk_aof_part *part = &r->part->part;
    uint64_t whole, end = from;
    part->open_multi = open;
    part->torn = why->code == RK_TRUNCATED && r->part->stop_at == from;
    if (why->code != RK_TRUNCATED)
        return true;
    if (!aofcheck_walk_count(r->part->source, from, part->size, &whole, &end, r->err))
        return false;
    return end >= part->size || aofcheck_torn_look(r->c, r->index, end, r->err);
}

static bool is_trouble(const rk_err *why)
{
    return why->code != RK_DAMAGED && why->code != RK_TRUNCATED;
}

/* What was passed over may have chosen a database, which has to be chosen all the same for what follows. */
static bool keep_database(reading *r, uint64_t from, uint64_t to, bool more)
{
    int64_t db;
    bool broken;
    if (!more || from >= to)
        return true;
    if (!aofcheck_select_in(r->part->source, from, to, &db, &broken, r->err))
        return false;
    r->db = db >= 0 ? db : r->db;
    if (db >= 0)
        r->part->spans[r->part->span_count - 1].select = db;
    if (!broken)
        return true;
    return say_database(r, from);
}

/* Notes what the reader stumbled over, and moves it on. *more: there is something behind. */
static bool go_on(reading *r, const rk_err *why, bool *more)
{
    uint64_t from = rk_aof_good(r->aof), to = r->part->part.size;
    bool open = rk_aof_in_open_multi(r->aof);
    rk_err looking = { 0 };
    *more = rk_aof_resume(r->aof, &from, &to, &looking);
    if (looking.code != RK_OK && is_trouble(&looking)) {
        *r->err = looking;
        return false;
    }
    if (!*more)
        to = r->part->part.size;
    return add_span(r, RK_SPAN_SOUND, from, 0) && say_broken(r, why, from, to, *more, open) &&
           (*more || note_torn(r, why, from, open)) && add_span(r, RK_SPAN_LOST, to, 0) &&
           keep_database(r, from, to, *more);
}

static bool read_all(reading *r)
{
    rk_aof_command command;
    rk_err why = { 0 };
    for (bool more = true; more;) {
        while (rk_aof_next(r->aof, &command, &why))
            if (!take_command(r, &command))
                return false;
        if (why.code == RK_OK)
            return add_span(r, RK_SPAN_SOUND, r->part->part.size, 0);
        if (is_trouble(&why)) {
            *r->err = why;
            return false;
        }
        if (!go_on(r, &why, &more))
            return false;
        why = (rk_err){ 0 };
    }
    return true;
}

/* ---- what can be told at the end of a part ------------------------------------------------------------------------- */

static bool say_times(reading *r)
{
    rk_aof_times times = r->part->part.times = rk_aof_times_of(r->aof);
    r->c->notes += times.count;
    if (!times.stepped_back)
        return true;
    rk_aof_problem p = {
        .problem = { .kind = RK_PROBLEM_NOTICE, .step = "annotation", .offset = RK_NO_OFFSET },
        .part = r->index
    };
    return aofcheck_problem_add(r->c, &p, r->err,
                                "the clock stepped back: the times of the annotations do not only rise");
}

static bool say_opaque(reading *r)
{
    for (unsigned verb = 0; verb < RK_VERBS; verb++) {
        const rk_verb_row *row = rk_verb_row_of(verb);
        const aofcheck_use *use = &r->c->verbs[verb];
        if (!(row->flags & RK_VERB_OPAQUE) || r->part->verbs[verb] == 0)
            continue;
        rk_aof_problem p = {
            .problem = { .kind = RK_PROBLEM_NOTICE,
                         .step = "opaque",
                         .offset = use->part == r->index ? use->offset : RK_NO_OFFSET },
            .part = r->index,
            .command = row->name[0] ? row->name : NULL,
        };
        if (!aofcheck_problem_add(r->c, &p, r->err, "%" PRIu64 " %s%s: what %s cannot be seen in the file",
                                  r->part->verbs[verb], row->name[0] ? row->name : "command of a module",
                                  row->name[0] || r->part->verbs[verb] == 1 ? "" : ", or more",
                                  r->part->verbs[verb] == 1 ? "it does" : "they do"))
            return false;
    }
    return true;
}

static bool open_reader(reading *r)
{
    rk_window window;
    if (r->part->own && !r->part->drained)
        return (r->aof = rk_aof_open(r->part->own, r->err)) != NULL;
    if (!rk_window_open_second(&window, r->part->source, r->err))
        return false;
    return rk_window_seek(&window, r->part->part.begin, r->err) &&
           (r->aof = rk_aof_open_behind(&window, r->err)) != NULL;
}

bool aofcheck_commands(rk_aofcheck *c, size_t index, rk_err *err)
{
    aofcheck_part *part = &c->parts[index];
    reading r = {
        .c = c, .index = index, .part = part, .end = part->part.begin, .follows = SIZE_MAX, .err = err
    };
    part->part.good = part->part.size;
    bool ok = open_reader(&r) && read_all(&r) && say_times(&r) && say_opaque(&r);
    rk_aof_close(r.aof);
    return ok;
}
