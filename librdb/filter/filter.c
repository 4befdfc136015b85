/* filter: which keys are meant. A room of its own, above all that reads keys, since every tool asks it: rdbdiff about
 * names, rdbcat about all. */
#include "rdbkit/filter.h"

#include "regex.h"

struct rk_filter {
    rk_filter_options options;
    regex_t *regexes; /* of keys, then of not_keys; NULL: they are globs */
    size_t regex_count;
};

static const char *text_of(const rk_filter_options *o, size_t i)
{
    return i < o->key_count ? o->keys[i] : o->not_keys[i - o->key_count];
}

rk_filter *rk_filter_open(const rk_filter_options *options, rk_err *err)
{
    size_t patterns = options->key_count + options->not_key_count;
    rk_filter *f = rk_alloc(sizeof *f);
    if (!f) {
        rk_no_memory(err);
        return NULL;
    }
    f->options = *options;
    if (!options->regex || patterns == 0)
        return f;
    if (!(f->regexes = rk_alloc(patterns * sizeof *f->regexes))) {
        rk_no_memory(err);
        rk_filter_close(f);
        return NULL;
    }
    for (; f->regex_count < patterns; f->regex_count++)
        if (!filter_regex_open(&f->regexes[f->regex_count], text_of(options, f->regex_count), err)) {
            rk_filter_close(f);
            return NULL;
        }
    return f;
}

void rk_filter_close(rk_filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->regex_count; i++)
        regfree(&f->regexes[i]);
    rk_free(f->regexes);
    rk_free(f);
}

void rk_filter_set_now(rk_filter *f, int64_t now_ms)
{
    f->options.now_ms = now_ms;
}

bool rk_filter_is_all(const rk_filter *f)
{
    return !f || (f->options.key_count == 0 && f->options.not_key_count == 0 && f->options.types == 0 &&
                  f->options.db_count == 0 && f->options.ttl.kind == RK_TTL_ALL && !f->options.slots.set);
}

/* True when one of the patterns [from, to) matches. */
static bool matches_any(const rk_filter *f, size_t from, size_t to, rk_slice name)
{
    for (size_t i = from; i < to; i++)
        if (f->regexes ? filter_regex_matches(&f->regexes[i], name)
                       : rk_slice_glob(rk_slice_of(text_of(&f->options, i)), name))
            return true;
    return false;
}

bool rk_filter_wants_name(const rk_filter *f, rk_slice name)
{
    if (!f)
        return true;
    size_t keys = f->options.key_count, all = keys + f->options.not_key_count;
    return (keys == 0 || matches_any(f, 0, keys, name)) && !matches_any(f, keys, all, name);
}

static bool wants_db(const rk_filter_options *o, uint32_t db)
{
    for (size_t i = 0; i < o->db_count; i++)
        if (o->dbs[i] == db)
            return true;
    return o->db_count == 0;
}

/* A key lives through the millisecond of its expiry, as it does in a server. */
static bool wants_ttl(const rk_filter_options *o, int64_t expire_ms)
{
    int64_t left;
    if (o->ttl.kind == RK_TTL_ALL)
        return true;
    if (o->ttl.kind == RK_TTL_NONE || expire_ms == RK_NO_EXPIRY)
        return o->ttl.kind == RK_TTL_NONE && expire_ms == RK_NO_EXPIRY;
    if (o->ttl.kind == RK_TTL_ANY)
        return true;
    if (__builtin_sub_overflow(expire_ms, o->now_ms, &left))
        left = expire_ms < o->now_ms ? INT64_MIN : INT64_MAX;
    if (o->ttl.kind == RK_TTL_EXPIRED)
        return left < 0;
    return left >= o->ttl.least_ms && left <= o->ttl.most_ms;
}

bool rk_filter_wants(const rk_filter *f, const rk_key *key)
{
    if (!f)
        return true;
    const rk_filter_options *o = &f->options;
    return (o->types == 0 || (o->types >> key->type & 1)) && wants_db(o, key->db) &&
           wants_ttl(o, key->expire_ms) && rk_filter_wants_name(f, key->name) &&
           (!o->slots.set || rk_range_has(&o->slots, rk_key_slot(key->name)));
}
