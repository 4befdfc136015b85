/* harm: what the files that find out what was taken away share. */
#ifndef RDBKIT_AOFLOG_HARM_H
#define RDBKIT_AOFLOG_HARM_H

#include "aoflog.h"

/* A queue's name that left a set `queues` within the transaction under way. */
typedef struct {
    uint32_t db;
    rk_slice set, queue; /* in the arena of what is pending */
} harm_unlisted;

struct rk_harms {
    rk_replay *replay;
    rk_harm_options options;
    rk_harms_info info;
    log_bound since;
    log_tally tally;
    rk_harm *pending; /* found; told when the transaction around them has ended */
    size_t pending_count, pending_cap, told;
    harm_unlisted *unlisted;
    size_t unlisted_count, unlisted_cap;
    bool in_multi, ended;
    uint64_t
        unit; /* where the command or transaction under way begins, its time, and the jobs that it put into keys */
    int64_t unit_s;
    uint64_t unit_in;
    rk_arena arena; /* of what is pending */
    rk_buf scratch, text;
};

/* harm_kind.c: what a step took away. False: nothing that is told of. */
bool harm_kind_of(const rk_harms *h, const rk_step *step, rk_harm_kind *kind);

/* It empties a database, or all, or slots of them. */
bool harm_is_flush(const rk_step *step);

/* The jobs that single commands cut out of one key, other than by carrying them to another. */
uint64_t harm_cut(const rk_harms *h);

/* The jobs that came into keys in the last step. */
uint64_t harm_came(const rk_harms *h);

/* harm_hand.c: takes down what leaves sets `queues`; whether Sidekiq writes the like, once the transaction has ended. */
bool harm_note_unlisted(rk_harms *h, const rk_step *step, rk_err *err);
rk_harm_hand harm_hand_of(const rk_harms *h, const rk_harm *harm);

/* harm_detail.c: fills in command, keys and classes. */
bool harm_fill(rk_harms *h, const rk_step *step, rk_harm *harm, rk_err *err);

#endif
