/* aof: what the files of this room share: the reader, and the framing of one command at a place of its window that has
 * not been passed yet (spec: AOF, "RESP framing"). Nothing is consumed by looking, so that nothing is forgotten:
 * places are told in bytes behind the window's place. */
#ifndef RDBKIT_AOF_AOF_H
#define RDBKIT_AOF_AOF_H

#include "rdbkit/aof.h"

enum {
    AOF_HEADER_MOST = 64, /* bytes of a line that counts arguments or bytes, its CR LF included */
    AOF_NOTE_MOST = 1024, /* bytes of an annotation, its line end included; so much a server reads at once */
};

/* One command, as far as it has been framed. */
typedef struct {
    size_t at, end;      /* where it begins, and how far it has been read */
    uint64_t number;     /* of the command, for messages */
    uint64_t argc, seen; /* arguments: announced, and whole */
    size_t name_at, name_len;
} aof_frame;

/* After a failure: what was broken, in bytes into the source. */
typedef struct {
    bool failed;
    bool in_multi;    /* inside of a transaction, which begins at `from` */
    uint64_t from;    /* where the broken command begins, or its MULTI */
    uint64_t look_at; /* where to look for what follows */
    bool at_command;  /* that is sound */
} aof_break;

struct rk_aof {
    rk_window win;
    rk_slice *args;
    uint64_t *offsets;
    size_t args_cap, offsets_cap;
    uint64_t number;   /* commands yielded */
    uint64_t good;     /* see rk_aof_good */
    uint64_t exec_end; /* behind the EXEC of the transaction that is being yielded; 0: there is none */
    rk_aof_times times;
    aof_break broken;
    uint64_t wasted;               /* arguments framed in vain; see resume.c */
    uint64_t zeros_from, zeros_to; /* zeros that are known not to reach the end */
};

/* Whether `n` bytes stand behind the window's place; reads on for them. False at the end of the source, and on
 * failure. */
bool aof_fetch(rk_aof *aof, uint64_t n, rk_err *err);

static inline bool aof_has(rk_aof *aof, uint64_t n, rk_err *err)
{
    return n <= aof->win.end - aof->win.pos || aof_fetch(aof, n, err);
}

/* The bytes of the source from `at` on. */
uint64_t aof_left(const rk_aof *aof, size_t at);

static inline const uint8_t *aof_at(const rk_aof *aof, size_t at)
{
    return aof->win.buf + aof->win.pos + at;
}

static inline uint64_t aof_offset(const rk_aof *aof, size_t at)
{
    return rk_window_offset(&aof->win) + at;
}

/* Frames the command at f->at; f->number is set. `keep`: offsets and lengths of the arguments go to aof->offsets and
 * aof->args (not the places in memory, which may move until all is read). */
bool aof_frame_command(rk_aof *aof, aof_frame *f, bool keep, rk_err *err);

/* Frames the argument at f->end and moves it behind. */
bool aof_frame_argument(rk_aof *aof, aof_frame *f, rk_err *err);

/* Adds to an error which command it was. Always false. */
bool aof_within(const rk_aof *aof, const aof_frame *f, rk_err *err);

/* The verb of a framed command; `only_multi`: UNKNOWN is good enough for all but MULTI and EXEC. */
static inline rk_verb aof_verb(const rk_aof *aof, const aof_frame *f, bool only_multi)
{
    if (only_multi && f->name_len != 4 && f->name_len != 5)
        return RK_VERB_UNKNOWN;
    return rk_verb_of((rk_slice){ aof_at(aof, f->name_at), f->name_len });
}

/* The annotation at `at`, which begins with '#': where it ends, and the time that it tells, or -1. */
bool aof_note(rk_aof *aof, size_t at, size_t *end, int64_t *time_s, rk_err *err);

/* Takes down the time of an annotation that is passed. */
void aof_note_time(rk_aof *aof, int64_t time_s);

/* Whether the byte at `at` is one of the zeros that fill the source to its end; then *from is where they begin, not
 * before `floor`. Does not move the window. */
bool aof_zeros(rk_aof *aof, size_t floor, size_t at, size_t *from, rk_err *err);

/* Looks from a MULTI, which has been framed, to its EXEC. False, with aof->broken set, where it has none or where
 * something on the way is broken. */
bool aof_multi_look(rk_aof *aof, const aof_frame *multi, rk_err *err);

#endif
