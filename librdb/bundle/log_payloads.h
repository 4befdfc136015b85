/* log_payloads: the payloads of jobs that only an append-only file has. A history knows such a job, its last place and its
 * end; the bytes are found by reading the log a second time. They are put aside in a temporary file as they are met: held
 * are some tens of bytes for each job. */
#ifndef RDBKIT_BUNDLE_LOG_PAYLOADS_H
#define RDBKIT_BUNDLE_LOG_PAYLOADS_H

#include "rdbkit/diff.h"

/* The last payload that came into the place where the job was last, or into any place of jobs, where it was never seen in
 * that; of what was in hand as the log begins, what a work hash shows. */
typedef struct {
    uint64_t id;           /* as in rk_job_fate */
    const rk_diff_log *of; /* the log */
    uint32_t db;           /* of its last place: whose key in full is this, in the arena */
    rk_slice key;
    bool found, exact; /* a payload was met; in that place */
    uint64_t at, len;  /* of the payload in the temporary file */
    uint64_t turn;     /* in which payloads were met */
    double score;
} rk_log_payload;

typedef struct {
    rk_log_payload *items;
    size_t count, cap;
    rk_arena arena;
    rk_sink *sink;     /* until all logs were read */
    rk_source *source; /* from then on */
    rk_buf bytes, key, jid, shown;
    uint64_t turns;
} rk_log_payloads;

/* Zero it to start; rk_log_payloads_free ends it. A job of which a log alone knows is to be looked for. */
bool rk_log_payloads_ask(rk_log_payloads *payloads, const rk_job_finding *finding, rk_err *err);

/* Reads the logs that were asked about, up to their moments. What of a log cannot be read further is left, as the comparison
 * left it. */
bool rk_log_payloads_read(rk_log_payloads *payloads, rk_err *err);

/* The payload of such a job, borrowed until the next call; NULL where it was not met (err->code RK_OK), or on failure. */
const rk_log_payload *rk_log_payloads_find(rk_log_payloads *payloads, const rk_job_finding *finding,
                                           rk_slice *payload, rk_err *err);

void rk_log_payloads_free(rk_log_payloads *payloads);

#endif
