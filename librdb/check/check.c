/* check: one pass over a snapshot, and what it has found. */
#include "header.h"
#include "run.h"

enum {
    PROBLEMS_MOST = 10000,
    KEYS_HELD = 512 * 1024, /* 48 bytes each, see distinct.h; what is more goes to a temporary file */
    MEMBERS_HELD = 256 * 1024,
    IDS_HELD = 128 * 1024,
    NAMES_HELD = 32 * 1024
};

static bool make_parts(rk_check *c, const rk_check_options *options, rk_err *err)
{
    c->commands_behind = options->commands_behind;
    c->problems_most = options->problems_most ? options->problems_most : PROBLEMS_MOST;
    if (!(c->facts = check_facts_new(options->top, err)) || !(c->keys = distinct_new(KEYS_HELD, err)) ||
        !(c->members = distinct_new(MEMBERS_HELD, err)) || !(c->ids = distinct_new(IDS_HELD, err)) ||
        !(c->names = distinct_new(NAMES_HELD, err)) || !(c->consumers = distinct_new(NAMES_HELD, err)))
        return false;
    if (options->look_into_jobs)
        check_facts_look_into_jobs(c->facts);
    distinct_start(c->keys);
    return check_header_open(c, options, err);
}

static bool run(rk_check *c, const rk_check_options *options, rk_err *err)
{
    if (!make_parts(c, options, err))
        return false;
    while (!c->ended)
        if (!check_record(c, err))
            return false;
    return check_end(c, err) && check_header_borne_out(c, err);
}

rk_check *rk_check_source(rk_source *source, const rk_check_options *options, rk_err *err)
{
    static const rk_check_options defaults = { 0 };
    rk_check *c = rk_alloc(sizeof *c);
    if (!c) {
        rk_source_close(source);
        rk_no_memory(err);
        return NULL;
    }
    c->source = source;
    if (run(c, options ? options : &defaults, err))
        return c;
    rk_err_source(err, rk_source_name(source));
    rk_check_free(c);
    return NULL;
}

rk_check *rk_check_run(const char *path, const rk_check_options *options, rk_err *err)
{
    rk_source_options reading = { .second_look = true, .progress = options ? options->progress : NULL };
    rk_source *source = rk_source_open(path, &reading, err);
    return source ? rk_check_source(source, options, err) : NULL;
}

void rk_check_free(rk_check *c)
{
    if (!c)
        return;
    check_facts_free(c->facts);
    distinct_free(c->keys);
    distinct_free(c->members);
    distinct_free(c->ids);
    distinct_free(c->names);
    distinct_free(c->consumers);
    rk_rdb_close(c->second);
    rk_rdb_close(c->first);
    rk_source_close(c->source);
    rk_buf_free(&c->text[0]);
    rk_buf_free(&c->text[1]);
    rk_free(c->problems);
    rk_free(c->segments);
    rk_free(c->twins);
    rk_free(c->spans);
    rk_free(c->damaged);
    rk_arena_free(&c->arena);
    rk_free(c);
}

const rk_source *rk_check_source_of(const rk_check *c)
{
    return c->source;
}

const rk_snapshot_info *rk_check_info(const rk_check *c)
{
    return &c->notes.info;
}

const rk_facts *rk_check_facts(const rk_check *c)
{
    return check_facts_of(c->facts);
}

const rk_problem *rk_check_problem(const rk_check *c, size_t i)
{
    return i < c->problem_count ? &c->problems[i].problem : NULL;
}

uint64_t rk_check_problems(const rk_check *c, rk_problem_kind kind)
{
    return c->found[kind];
}

const rk_span *rk_check_span(const rk_check *c, size_t i)
{
    return i < c->span_count ? &c->spans[i] : NULL;
}

const rk_damaged_key *rk_check_damaged(const rk_check *c, size_t i)
{
    return i < c->damaged_count ? &c->damaged[i] : NULL;
}

int rk_check_exit(const rk_check *c)
{
    if (c->found[RK_PROBLEM_DAMAGE])
        return 1;
    return c->found[RK_PROBLEM_UNSEEN] ? 2 : 0;
}
