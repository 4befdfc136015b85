/* filter: which keys are meant, by name, type, db, expiry, size and cluster slot. The same options with the same
 * names in every tool. */
#ifndef RDBKIT_FILTER_H
#define RDBKIT_FILTER_H

#include "rdbkit/rdb.h"

/* Both ends included. Words: "10", "10-20", "10-", "-20"; units as the kind of range has them. */
typedef struct {
    bool set;
    uint64_t least, most;
} rk_range;

bool rk_range_parse_bytes(const char *words, rk_range *range, rk_err *err); /* 512, 10k, 1.5M, 2G (1024s) */
bool rk_range_parse_slots(const char *words, rk_range *range, rk_err *err); /* 0 to 16383 */

/* True when the range is not set, or holds `value`. */
static inline bool rk_range_has(const rk_range *range, uint64_t value)
{
    return !range->set || (value >= range->least && value <= range->most);
}

/* Time to live, counted from a moment: "none" (no expiry), "any" (an expiry), "expired" (it passed before that
 * moment), "1h-7d", "1h-", "-60s" (what is left, from 0 on). */
typedef struct {
    enum { RK_TTL_ALL, RK_TTL_NONE, RK_TTL_ANY, RK_TTL_EXPIRED, RK_TTL_RANGE } kind;
    int64_t least_ms, most_ms;
} rk_ttl_range;

bool rk_ttl_parse(const char *words, rk_ttl_range *range, rk_err *err);

/* Names of types with commas between ("string,zset") as bits by rk_type, added to `types`; a database's number. */
bool rk_types_parse(const char *words, uint32_t *types, rk_err *err);
bool rk_db_parse(const char *words, uint32_t *db, rk_err *err);

typedef struct {
    const char *const *keys, *const
                                 *not_keys; /* globs, or regular expressions (POSIX extended) with `regex` */
    size_t key_count, not_key_count;
    bool regex;
    uint32_t types; /* bit by rk_type; 0: all */
    const uint32_t *dbs;
    size_t db_count; /* 0: all */
    rk_ttl_range ttl;
    int64_t now_ms; /* what `ttl` counts from: the snapshot's ctime unless the user says otherwise */
    rk_range slots;
} rk_filter_options;

/* Names are bytes: a glob must match all of a name, as in KEYS; a regular expression any part of it (`^`, `$` are the
 * ends of the name), in time proportional to its length; `.` and `[^x]` match one byte of any value; there are no
 * back-references. */
typedef struct rk_filter rk_filter;
rk_filter *rk_filter_open(const rk_filter_options *options, rk_err *err); /* borrows texts and dbs */
void rk_filter_close(rk_filter *filter);

/* Another moment from which times to live count, as for the next snapshot. */
void rk_filter_set_now(rk_filter *filter, int64_t now_ms);

/* True when every key passes, as it does when `filter` is NULL. */
bool rk_filter_is_all(const rk_filter *filter);

/* True when the key is meant; NULL means all. Size is not asked here: it is not known before the value has been
 * passed. */
bool rk_filter_wants(const rk_filter *filter, const rk_key *key);

/* The same by name alone, where nothing else is known or to be asked. */
bool rk_filter_wants_name(const rk_filter *filter, rk_slice name);

#endif
