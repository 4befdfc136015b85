/* side: one of the two data sets that are compared, as the diff holds it in memory. */
#ifndef RDBKIT_DIFF_SIDE_H
#define RDBKIT_DIFF_SIDE_H

#include "rdbkit/diff.h"

#define NO_PARTNER UINT32_MAX

/* A list node, a list item or a sorted set member, as it lies in the file: 40 bytes for as many jobs as it holds. */
typedef struct {
    rk_digest digest; /* of the raw string */
    rk_spot spot;     /* of the string */
    union {
        uint64_t position; /* of its first job in the list, from the head */
        double score;      /* of a single member */
    };
    uint32_t count : 31;   /* jobs in it */
    uint32_t twin : 1;     /* another of its place has the same bytes: which one is which cannot be told */
    uint32_t partner : 30; /* of the other side, or UNIT_ALONE */
    uint32_t form : 2;     /* rk_unit_form */
} side_unit;

#define UNIT_ALONE ((UINT32_C(1) << 30) - 1)
#define UNITS_MOST (UNIT_ALONE - 1)

enum {
    JOB_PARSED = 1, /* the payload is a well-formed object */
    JOB_HAS_JID = 2,
    JOB_UTF8 = 4,
    JOB_HELD = 8,  /* from a work hash: `unit` is an index into the layouts' held jobs */
    JOB_ECHO = 16, /* a work hash shows what a list holds, too: no job of its own */
    JOB_PUSHED_AGAIN =
        32,         /* its enqueued_at is another than its partner's: it has a new place in the queue */
    JOB_KNOWN = 64, /* its jid is among the jobs that were matched undecoded */
    JOB_KNOWN_BYTES = 128, /* and its very bytes are */
    JOB_NOISE = 256,       /* of a class that pushes itself anew for ever: nothing to tell when it is alone */
    JOB_TWIN = 512,        /* as side_unit.twin */
    JOB_LOGGED = 1024,     /* its verdict rests on a log */
    JOB_ENDED = 2048       /* of NEW: a log shows that it had ended */
};

/* A job that could not be matched as part of a unit. */
typedef struct {
    rk_digest payload;
    uint64_t jid; /* hash of the raw jid; 0 without */
    union {
        uint64_t position;
        double score;
    };
    uint32_t unit, index; /* the unit and which of its jobs; see JOB_HELD */
    uint32_t place;       /* id */
    uint32_t partner;     /* index into the other side's jobs, or NO_PARTNER */
    uint8_t verdict, transition, why;
    uint16_t flags;
} side_job;

/* Decodes payloads again, remembering the unit it was in. One thread each. */
typedef struct {
    const struct side *side;
    rk_look **looks;
    rk_buf blob, text;
    rk_unit unit;
    rk_unit_walk walk;
    uint32_t unit_index, next;
    rk_err walk_err;
} payload_reader;

typedef struct side {
    const rk_paths *paths;
    rk_progress *progress;
    const rk_diff_options *options;
    bool is_new;

    rk_snapshot **shards;
    rk_look **looks;
    size_t shard_count;
    uint64_t *shard_jobs;
    rk_catalog catalog;
    rk_arena arena;
    rk_candidate *candidates;
    size_t candidate_count, candidate_cap;
    side_unit *units;
    size_t unit_count, unit_cap;
    rk_layouts layouts;
    int64_t now_s; /* the latest ctime of the shards, -1 when none tells */
    bool partial;
    uint64_t shadows;

    side_job *jobs; /* those that were not matched whole; the jobs of a place stand together */
    size_t job_count, job_cap;
    size_t *first_job, *place_jobs; /* by place id: where they begin, and how many */
    payload_reader reader;
    rk_err err;
} side;

/* side.c: reads all shards into the catalog, the units and the layouts. Runs in a thread of its own. */
bool side_read(side *s);
void side_free(side *s);

/* Finds the layouts anew, with those of the other side as hints. */
bool side_find_layouts(side *s, const rk_layouts *hints);

/* The namespace that alone is looked at, under the name that it has on this side; NULL: all. */
const char *side_namespace(const side *s);

/* expand.c: makes jobs of a place's units that have no partner, or of the held jobs of a living process. */
bool side_expand_begin(side *s);
bool side_expand(side *s, const rk_place *place);

/* payload.c */
bool payload_open(payload_reader *r, const side *s, rk_err *err); /* looks of its own */
void payload_close(payload_reader *r);
bool payload_get(payload_reader *r, const side_job *job, rk_slice *payload, rk_err *err);
bool payload_open_unit(payload_reader *r, uint32_t unit, bool scored, rk_err *err);
bool payload_next(payload_reader *r, rk_slice *payload, double *score,
                  rk_err *err); /* false at the end, too */
/* Hash of the jid as it is meant, escapes resolved; 0 without. */
bool payload_jid(const rk_envelope *envelope, rk_buf *scratch, uint64_t *hash, rk_err *err);
bool side_place_is_scored(const rk_place *place);

#endif
