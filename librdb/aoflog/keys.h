/* keys: what the files that tell the life of keys share. */
#ifndef RDBKIT_AOFLOG_KEYS_H
#define RDBKIT_AOFLOG_KEYS_H

#include "aoflog.h"

/* A key that is followed, as it was after the last command that touched it. */
typedef struct {
    uint32_t db;
    rk_slice name; /* in the arena */
    bool there;
    rk_type type;
    uint64_t elements;
    int64_t expire_ms;
    uint64_t step; /* the last one that touched it */
    bool gone;     /* in that step: as a whole */
    bool value;    /* in that step: something in it changed */
    bool arrived;  /* in that step: from where it was followed, which is told there */
} keys_followed;

struct rk_keys {
    rk_replay *replay;
    rk_keys_options options;
    rk_keys_info info;
    log_bound since;
    log_links links;
    bool keep_all; /* the log cannot be read twice */
    keys_followed *followed;
    size_t count, cap;
    log_map map;
    uint32_t *touched; /* by the step under way */
    size_t touched_count, touched_cap, told;
    rk_step step;
    uint64_t steps;
    uint64_t unit;
    int64_t unit_s;
    rk_arena arena;
};

/* True when the name is meant for itself. */
bool keys_is_meant(const rk_keys *keys, uint32_t db, rk_slice name);

/* The key that is followed; NULL: it is not. */
keys_followed *keys_find(rk_keys *keys, uint32_t db, rk_slice name);

/* Follows it from here on. False: no memory. */
bool keys_follow(rk_keys *keys, uint32_t db, rk_slice name, rk_err *err);

/* keys_touch.c: takes the step that was pulled: which of the keys it touched; follows those that go elsewhere. */
bool keys_take(rk_keys *keys, rk_err *err);

/* keys_event.c: what happened to a key that the step touched. False: nothing that is told of, or (err) trouble. */
bool keys_tell(rk_keys *keys, keys_followed *key, rk_key_event *event, rk_err *err);

#endif
