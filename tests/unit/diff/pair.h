/* pair: two crafted snapshots, compared. A test is a row: the keys of OLD, the keys of NEW, and in words what the
 * diff must tell of their jobs:
 *
 *     { "a due retry", { ZSET("retry", { J("a"), OLD_TIME }) }, { LIST("queue:default", { J("a") }) },
 *       .told = "a moved progress" },
 *
 * Jobs that were kept are not told of. Snapshots lie in memory and are named by their file descriptors. */
#ifndef RDBKIT_TESTS_PAIR_H
#define RDBKIT_TESTS_PAIR_H

#include "../unit.h"

#include <math.h>

#include "pair_file.h"

enum { PAIR_KEYS = 12, PAIR_SHARDS = 3 };

/* When the two snapshots were taken, unless a row says otherwise. */
#define OLD_TIME 1795420000
#define NEW_TIME 1795420100

#define LIST(key, ...)                                                                                       \
    {                                                                                                        \
        .type = RK_LIST, .name = key, .items = { __VA_ARGS__ }                                               \
    }
#define ZSET(key, ...)                                                                                       \
    {                                                                                                        \
        .type = RK_ZSET, .name = key, .items = { __VA_ARGS__ }                                               \
    }
#define SET(key, ...)                                                                                        \
    {                                                                                                        \
        .type = RK_SET, .name = key, .items = { __VA_ARGS__ }                                                \
    }
#define HASH(key, ...)                                                                                       \
    {                                                                                                        \
        .type = RK_HASH, .name = key, .items = { __VA_ARGS__ }                                               \
    }
#define STRING(key, bytes)                                                                                   \
    {                                                                                                        \
        .type = RK_STRING, .name = key, .items = { { bytes } }                                               \
    }

/* Payloads: `more` begins with a comma. */
#define JOB(jid, queue, class_name, args, more)                                                              \
    "{\"retry\":true,\"queue\":\"" queue "\",\"class\":\"" class_name "\",\"args\":" args ",\"jid\":\"" jid  \
    "\",\"created_at\":1795400000.25" more "}"
#define J(jid)           JOB(jid, "default", "HardJob", "[1]", ",\"enqueued_at\":1795400000.5")
#define J_IN(jid, queue) JOB(jid, queue, "HardJob", "[1]", ",\"enqueued_at\":1795400000.5")
#define J_AGAIN(jid)     JOB(jid, "default", "HardJob", "[1]", ",\"enqueued_at\":1795420050.5")
#define FAILED(count, at)                                                                                    \
    ",\"error_class\":\"E\",\"error_message\":\"m\",\"failed_at\":1795400100.5,\"retry_count\":" count       \
    ",\"retried_at\":" at
#define J_FAILED(jid, count, at)                                                                             \
    JOB(jid, "default", "HardJob", "[1]", ",\"enqueued_at\":1795400000.5" FAILED(count, at))

/* A process that was heard of at `beat`, with five threads. */
#define IDENTITY       "web.1:4:0123456789ab"
#define PROCESSES(...) SET("processes", __VA_ARGS__)
#define PROCESS(identity, beat)                                                                              \
    HASH(identity, { "info", .value = "{\"concurrency\":5,\"queues\":[\"default\"]}" },                      \
         { "busy", .value = "0" }, { "beat", .value = beat })
#define BEAT_OLD "1795419999.5"
#define BEAT_NEW "1795420099.5"

/* stat:processed and stat:failed; -1: not there. */
typedef struct {
    bool given;
    int64_t old_processed, old_failed, new_processed, new_failed;
} pair_counters;

typedef struct {
    const char *name;
    pair_key old[PAIR_KEYS], new[PAIR_KEYS];
    pair_counters counters;     /* unless given: none on either side */
    int64_t old_time, new_time; /* 0: OLD_TIME, NEW_TIME; NO_TIME: the file does not tell */
    bool partial_new;           /* NEW ends in a type that nobody knows */
    const char *told;           /* of jobs */
    const char *keys;           /* of other keys; NULL: not asked */
    const char *facts;          /* of accounts and order; NULL: not asked */
    rk_diff_options options;    /* paths are filled in; zeros are the tool's defaults */
} pair_row;

/* ---- running ------------------------------------------------------------------------------------------------- */

/* The files of a pair, and what came out. */
typedef struct {
    int fds[2 * PAIR_SHARDS];
    char paths[2 * PAIR_SHARDS][40];
    char *words[2 * PAIR_SHARDS];
    size_t old_count, new_count;
    rk_diff_options options;
    rk_diff *diff;
    rk_err err;
    rk_buf told;
} pair;

/* Adds a snapshot; all of OLD's come before those of NEW. Frees `out`. */
static inline void pair_snapshot(pair *p, bool new_side, rk_buf *out)
{
    size_t i = p->old_count + p->new_count;
    p->fds[i] = pair_file(out, p->paths[i]);
    *(new_side ? &p->new_count : &p->old_count) += 1;
}

static inline bool pair_run(pair *p)
{
    for (size_t i = 0; i < p->old_count + p->new_count; i++)
        p->words[i] = p->paths[i];
    if (!p->options.ttl_tolerance_ms)
        p->options.ttl_tolerance_ms = 1000;
    if (p->options.alive_within_s == 0)
        p->options.alive_within_s = 4;
    p->options.old_paths = (rk_paths){ p->words, p->old_count };
    p->options.new_paths = (rk_paths){ p->words + p->old_count, p->new_count };
    p->diff = rk_diff_run(&p->options, &p->err);
    return p->diff != NULL;
}

static inline void pair_close(pair *p)
{
    rk_diff_free(p->diff);
    for (size_t i = 0; i < p->old_count + p->new_count; i++)
        close(p->fds[i]);
    rk_buf_free(&p->told);
    *p = (pair){ 0 };
}

static inline void pair_row_side(pair *p, const pair_row *row, bool new_side)
{
    const pair_key *keys = new_side ? row->new : row->old;
    int64_t time = new_side ? row->new_time : row->old_time;
    size_t shards = 1;
    for (size_t i = 0; i < PAIR_KEYS && keys[i].name; i++)
        shards = keys[i].shard >= shards ? keys[i].shard + 1 : shards;
    for (size_t s = 0; s < shards; s++) {
        rk_buf out = { 0 };
        pair_begin(&out, time ? time : new_side ? NEW_TIME : OLD_TIME);
        if (s == 0 && row->counters.given) {
            pair_counter(&out, "stat:processed",
                         new_side ? row->counters.new_processed : row->counters.old_processed);
            pair_counter(&out, "stat:failed", new_side ? row->counters.new_failed : row->counters.old_failed);
        }
        for (size_t i = 0; i < PAIR_KEYS && keys[i].name; i++)
            if (keys[i].shard == s)
                pair_put(&out, &keys[i]);
        if (new_side && row->partial_new)
            pair_add(&out, "\x64\3new", 5);
        pair_end(&out);
        pair_snapshot(p, new_side, &out);
    }
}

/* ---- telling -------------------------------------------------------------------------------------------------- */

static inline const char *pair_why(rk_why why)
{
    static const char *const names[RK_WHYS] = {
        [RK_WHY_COUNTERS_STILL] = "counters_still",
        [RK_WHY_EXPLAINED] = "explained",
        [RK_WHY_NOT_DUE] = "not_due",
        [RK_WHY_DEAD_DOES_NOT_RUN] = "dead_does_not_run",
        [RK_WHY_PLACE_GONE] = "place_gone",
        [RK_WHY_MAY_HAVE_RUN] = "may_have_run",
        [RK_WHY_MAY_BE_IN_HAND] = "may_be_in_hand",
        [RK_WHY_NOT_COUNTED_YET] = "not_counted_yet",
        [RK_WHY_HELD_BY_SILENT] = "held_by_silent",
        [RK_WHY_NO_COUNTERS] = "no_counters",
        [RK_WHY_COUNTERS_BACK] = "counters_back",
        [RK_WHY_NOT_SEEN] = "not_seen",
        [RK_WHY_AGE] = "age",
        [RK_WHY_LIMIT] = "limit",
        [RK_WHY_WRONG_QUEUE] = "wrong_queue",
        [RK_WHY_NO_FAILURE] = "no_failure",
        [RK_WHY_NOT_A_STEP] = "not_a_step",
        [RK_WHY_BEFORE_TIME] = "before_time",
        [RK_WHY_OTHER_LAYOUT] = "other_layout",
        [RK_WHY_FIELDS] = "fields",
        [RK_WHY_NOT_JSON] = "not_json",
        [RK_WHY_NO_JID] = "no_jid",
        [RK_WHY_NOT_UTF8] = "not_utf8",
        [RK_WHY_SCORE_CUT] = "score_cut",
        [RK_WHY_RESPELLED] = "respelled",
        [RK_WHY_SAME_BYTES] = "same_bytes",
        [RK_WHY_SAME_JID] = "same_jid",
        [RK_WHY_ENDED] = "ended",
        [RK_WHY_HAD_ENDED] = "had_ended",
        [RK_WHY_IN_HAND] = "in_hand",
        [RK_WHY_DELETED_ALONE] = "deleted_alone",
        [RK_WHY_CLEARED] = "cleared",
        [RK_WHY_FLUSHED] = "flushed",
        [RK_WHY_KEY_GONE] = "key_gone",
        [RK_WHY_OVERWRITTEN] = "overwritten",
        [RK_WHY_LIST_CUT] = "list_cut",
        [RK_WHY_HELD_BY_DEAD] = "held_by_dead",
        [RK_WHY_TAKEN_BY_DEAD] = "taken_by_dead",
        [RK_WHY_NEVER_PUSHED] = "never_pushed",
        [RK_WHY_ELSEWHERE] = "elsewhere",
        [RK_WHY_ONE_OF_SEVERAL] = "one_of_several",
        [RK_WHY_MORE_THAN_THREADS] = "more_than_threads",
        [RK_WHY_NO_PROCESS] = "no_process",
        [RK_WHY_BETWEEN] = "between",
        [RK_WHY_LOG_ENDS] = "log_ends",
        [RK_WHY_OTHER_LOG] = "other_log",
        [RK_WHY_NOT_IN_LOG] = "not_in_log",
    };
    return names[why];
}

static inline void pair_say(rk_buf *told, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void pair_say(rk_buf *told, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pair_add(told, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* "a moved irregular wrong_queue; - added": jobs in the order of the cursor; "-" has no jid. */
static inline const rk_buf *pair_tell_jobs(pair *p)
{
    static const char *const transitions[] = { "", " progress", " irregular" };
    char jid[80];
    rk_job_finding f;
    rk_job_cursor *cursor = rk_job_cursor_open(p->diff, &p->err);
    p->told.len = 0;
    while (cursor && rk_job_cursor_next(cursor, &f, &p->err)) {
        const char *why = pair_why(f.why);
        bool aside = !f.old_side.place && !f.new_side.place;
        pair_say(&p->told, "%s%s %s%s%s%s%s%s", p->told.len ? "; " : "",
                 f.jid.len ? rk_slice_print(f.jid, jid, sizeof jid) : "-", rk_verdict_name(f.verdict),
                 transitions[f.transition], why ? " " : "", why ? why : "", f.stranded ? " stranded" : "",
                 aside ? " aside" : "");
    }
    rk_job_cursor_close(cursor);
    CU_ASSERT(p->err.code == RK_OK);
    return &p->told;
}

/* "changed 'a' value; only_old 'b'; volatile 2; equal 3" */
static inline const rk_buf *pair_tell_keys(pair *p)
{
    char name[200];
    rk_key_finding f;
    const rk_key_counts *n = rk_diff_keys(p->diff);
    rk_key_cursor *cursor = rk_key_cursor_open(p->diff, &p->err);
    p->told.len = 0;
    while (cursor && rk_key_cursor_next(cursor, &f, &p->err))
        pair_say(&p->told, "%s%s '%s'%s%s%s", p->told.len ? "; " : "", rk_key_verdict_name(f.verdict),
                 rk_slice_print(f.name, name, sizeof name), f.type_differs ? " type" : "",
                 f.value_differs ? " value" : "", f.ttl_differs ? " ttl" : "");
    rk_key_cursor_close(cursor);
    const struct {
        const char *word;
        uint64_t count;
    } sums[] = { { "equal", n->equal },
                 { "other_encoding", n->equal_other_encoding },
                 { "volatile", n->volatile_keys },
                 { "empty", n->empty } };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        if (sums[i].count)
            pair_say(&p->told, "%s%s %" PRIu64, p->told.len ? "; " : "", sums[i].word, sums[i].count);
    CU_ASSERT(p->err.code == RK_OK);
    return &p->told;
}

/* "visible 1; at_least_lost 2; queue:default 3 of 5 out of order, reversed" */
static inline const rk_buf *pair_tell_facts(pair *p)
{
    size_t count;
    const rk_account *accounts = rk_diff_accounts(p->diff, &count);
    p->told.len = 0;
    for (size_t i = 0; i < count; i++) {
        if (accounts[i].visible)
            pair_say(&p->told, "%svisible %" PRIu64, p->told.len ? "; " : "", accounts[i].visible);
        if (accounts[i].at_least_lost)
            pair_say(&p->told, "%sat_least_lost %" PRIu64, p->told.len ? "; " : "",
                     accounts[i].at_least_lost);
    }
    const rk_ledger_row *rows = rk_diff_rows(p->diff, &count);
    for (size_t i = 0; i < count; i++) {
        const rk_ledger_row *r = &rows[i];
        if (r->order_changed)
            pair_say(&p->told, "%s%.*s %" PRIu64 " of %" PRIu64 " out of order%s", p->told.len ? "; " : "",
                     (int)r->old_place->name.len, (const char *)r->old_place->name.ptr, r->out_of_order,
                     r->shared, r->reversed ? ", reversed" : "");
    }
    return &p->told;
}

static inline void pair_check(const char *name, const char *what, const rk_buf *told, const char *expected)
{
    bool same = rk_slice_is(rk_buf_slice(told), rk_slice_of(expected));
    if (!same)
        printf("# %s, %s:\n#   told     %.*s\n#   expected %s\n", name, what, (int)told->len,
               told->len ? (const char *)told->ptr : "", expected);
    CU_ASSERT(same);
}

/* Each row is run with lists and sorted sets as they are, and once with all of them packed. */
static inline void pair_check_row(const pair_row *row, bool packed)
{
    pair p = { .options = row->options };
    pair_row r = *row;
    for (size_t i = 0; packed && i < PAIR_KEYS; i++) {
        pair_key *keys[2] = { &r.old[i], &r.new[i] };
        for (size_t k = 0; k < 2; k++)
            if (keys[k]->type == RK_LIST || keys[k]->type == RK_ZSET)
                keys[k]->packed = 3;
    }
    pair_row_side(&p, &r, false);
    pair_row_side(&p, &r, true);
    if (!pair_run(&p)) {
        printf("# %s: %s\n", row->name, p.err.what);
        CU_FAIL("the pair cannot be compared");
    } else {
        pair_check(row->name, packed ? "jobs, packed" : "jobs", pair_tell_jobs(&p),
                   row->told ? row->told : "");
        if (row->keys)
            pair_check(row->name, "keys", pair_tell_keys(&p), row->keys);
        if (row->facts)
            pair_check(row->name, packed ? "facts, packed" : "facts", pair_tell_facts(&p), row->facts);
    }
    pair_close(&p);
}

static inline void pair_check_rows(const pair_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pair_check_row(&rows[i], false);
        pair_check_row(&rows[i], true);
    }
}

#define CHECK_PAIRS(rows) pair_check_rows(rows, sizeof(rows) / sizeof(rows)[0])

#endif
