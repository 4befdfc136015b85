/* harm_kind: what a command took away, by its verb and by what it did to the keys that may hold jobs. */
#include <strings.h>

#include "harm.h"

const char *rk_harm_name(rk_harm_kind kind)
{
    static const char *const names[] = {
        [RK_HARM_FLUSHED] = "flushed",         [RK_HARM_SWAPPED] = "swapped", [RK_HARM_DELETED] = "deleted",
        [RK_HARM_EXPIRED] = "expired",         [RK_HARM_RENAMED] = "renamed", [RK_HARM_MOVED] = "moved",
        [RK_HARM_OVERWRITTEN] = "overwritten", [RK_HARM_CUT] = "cut",         [RK_HARM_TRIMMED] = "trimmed",
    };
    return (unsigned)kind < RK_HARMS ? names[kind] : NULL;
}

bool rk_harm_counts(const rk_harm *harm)
{
    if (harm->kind == RK_HARM_FLUSHED && harm->keys_counted)
        return harm->keys_before > harm->keys_after;
    if (harm->kind == RK_HARM_SWAPPED)
        return harm->key_count > 0;
    if (harm->kind == RK_HARM_CUT && harm->carried + harm->jobs_after >= harm->jobs_before)
        return false;
    return harm->kind != RK_HARM_EXPIRED && harm->kind != RK_HARM_TRIMMED;
}

/* A key that held jobs, or a set `queues`, went as a whole. */
static const log_place *gone_place(const rk_harms *h)
{
    for (size_t i = 0; i < h->tally.touched_count; i++) {
        const log_place *p = &h->tally.places[h->tally.touched[i]];
        if (p->gone && (p->jobs || p->type == RK_SET) && p->before > 0)
            return p;
    }
    return NULL;
}

/* Servers write a DEL when they meet a key whose time has come. */
static bool all_expired(const rk_harms *h, int64_t time_s)
{
    for (size_t i = 0; i < h->tally.touched_count; i++) {
        const log_place *p = &h->tally.places[h->tally.touched[i]];
        if (p->gone && (p->expire_ms == RK_NO_EXPIRY || (time_s >= 0 && p->expire_ms / 1000 > time_s)))
            return false;
    }
    return true;
}

uint64_t harm_cut(const rk_harms *h)
{
    uint64_t out = 0, in = harm_came(h);
    for (size_t i = 0; i < h->tally.touched_count; i++) {
        const log_place *p = &h->tally.places[h->tally.touched[i]];
        out += p->jobs ? p->out : 0;
    }
    return out > in ? out - in : 0;
}

uint64_t harm_came(const rk_harms *h)
{
    uint64_t in = 0;
    for (size_t i = 0; i < h->tally.touched_count; i++) {
        const log_place *p = &h->tally.places[h->tally.touched[i]];
        in += p->jobs ? p->in : 0;
    }
    return in;
}

bool harm_is_flush(const rk_step *step)
{
    const rk_aof_command *c = step->command;
    rk_slice word = c->argc > 1 ? c->args[1] : RK_EMPTY;
    return c->verb == RK_VERB_FLUSHALL || c->verb == RK_VERB_FLUSHDB || c->verb == RK_VERB_SFLUSH ||
           c->verb == RK_VERB_TRIMSLOTS ||
           (c->verb == RK_VERB_CLUSTER && word.len == 9 &&
            strncasecmp((const char *)word.ptr, "flushslot", 9) == 0);
}

static bool is_trim(const rk_harms *h, rk_verb verb)
{
    if (verb != RK_VERB_ZREMRANGEBYRANK && verb != RK_VERB_ZREMRANGEBYSCORE)
        return false;
    const log_place *p = &h->tally.places[h->tally.touched[0]];
    return rk_slice_ends(p->name, RK_TEXT("dead"));
}

bool harm_kind_of(const rk_harms *h, const rk_step *step, rk_harm_kind *kind)
{
    rk_verb verb = step->command->verb;
    const log_place *gone;
    if (harm_is_flush(step) || verb == RK_VERB_SWAPDB) {
        *kind = verb == RK_VERB_SWAPDB ? RK_HARM_SWAPPED : RK_HARM_FLUSHED;
        return true;
    }
    if ((gone = gone_place(h)) != NULL) {
        bool renamed = verb == RK_VERB_RENAME || verb == RK_VERB_RENAMENX;
        if (verb == RK_VERB_DEL || verb == RK_VERB_UNLINK || verb == RK_VERB_DELEX || verb == RK_VERB_GETDEL)
            *kind = all_expired(h, step->command->time_s) ? RK_HARM_EXPIRED : RK_HARM_DELETED;
        else if (renamed && rk_slice_is(gone->name, step->command->args[1]))
            *kind = RK_HARM_RENAMED;
        else
            *kind = verb == RK_VERB_MOVE ? RK_HARM_MOVED : RK_HARM_OVERWRITTEN;
        return true;
    }
    if (harm_cut(h) == 0)
        return false;
    *kind = is_trim(h, verb) ? RK_HARM_TRIMMED : RK_HARM_CUT;
    return true;
}
