/* log: what append-only files say of the jobs of a comparison. */
#ifndef RDBKIT_DIFF_LOG_H
#define RDBKIT_DIFF_LOG_H

#include "rdbkit/diff.h"

/* rk_log_spot in 24 bytes; file << 48 | offset. */
typedef struct {
    uint64_t at;
    uint32_t number, time_s; /* 0: not known */
    uint16_t verb;
    bool known, base;
} log_spot;

/* What one log says of one job. */
typedef struct {
    uint64_t id; /* as in rk_job_fate */
    log_spot taken, decided;
    uint32_t process; /* index + 1 into the names; 0: not known */
    uint16_t log;
    uint8_t fate, because;
} log_fact;

/* A job that may be in neither side. */
typedef struct {
    uint64_t id;
    rk_slice jid, class_name; /* in the book's arena, as those of the place */
    rk_log_place place;
    log_spot pushed;
    uint16_t log;
    bool pushed_here;
    uint8_t verdict, why; /* RK_VERDICTS: none */
} log_job;

/* Where the clock of a log without annotations, which heartbeats and pushes set, went on. */
typedef struct {
    uint64_t at;
    int64_t time_s;
} log_tick;

typedef struct {
    rk_history *history; /* NULL: it has been closed */
    rk_diff_log told;
    char *path;
    rk_moment until;
    log_tick *ticks;
    size_t tick_count, tick_cap;
    uint64_t after_old; /* what stands from there on came after OLD; UINT64_MAX: nothing is known to */
} log_file;

typedef struct {
    int64_t old_s, new_s; /* when the sides were so, Unix seconds; -1: not known */
    log_file *files;
    rk_diff_log *told; /* one a file, once all is known */
    size_t file_count;
    log_fact *facts;
    size_t fact_count, fact_cap;
    uint32_t *slots; /* open addressing by id and log: index + 1 */
    size_t slot_count;
    rk_spread spread;
    log_job *jobs;
    size_t job_count, job_cap;
    rk_slice *names; /* of processes */
    size_t name_count, name_cap;
    rk_arena arena;
} log_book;

/* ---- log_judge.c ----------------------------------------------------------------------------------------------- */

/* What a fate means for a job that is gone, RK_VERDICTS: nothing certain; and why. */
rk_verdict log_verdict(const rk_diff *d, const log_fact *fact);
rk_why log_why(const log_fact *fact);

/* ---- log_book.c ------------------------------------------------------------------------------------------------ */

/* The fact of a job in a log, or NULL. */
log_fact *log_find(const log_book *book, uint64_t id, size_t log);

/* The same, made where it is not there. NULL: no memory. */
log_fact *log_fact_of(log_book *book, uint64_t id, size_t log, rk_err *err);

/* Writes down a fate, and what tells of a job that may be in neither side. */
bool log_note(log_book *book, size_t log, const rk_job_fate *fate, rk_err *err);
bool log_note_job(log_book *book, size_t log, const rk_job_fate *fate, rk_err *err);

/* True when a log shows that the job ended. */
bool log_has_ended(const log_book *book, uint64_t id);

/* Notes where an event stands, and when it was, where only the log's own clock tells. */
bool log_tick_at(log_file *file, const rk_log_spot *spot, rk_err *err);

/* Was that before `when`, without a doubt? The clock of a log without annotations may be slow. */
bool log_is_before(const log_file *file, const log_spot *spot, int64_t when);

rk_log_spot log_spot_of(const log_spot *spot);
void log_book_free(log_book *book);

#endif
