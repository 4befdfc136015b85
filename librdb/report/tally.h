/* tally: of what classes a group of jobs is, and from what time: what a list that is cut short does not show.
 */
#ifndef RK_REPORT_TALLY_H
#define RK_REPORT_TALLY_H

#include <stdio.h>

#include "rdbkit/base.h"

enum { RK_TALLY_CLASSES = 256 }; /* so many are told apart; the rest are others */

typedef struct {
    rk_slice name;
    uint64_t count;
} rk_tally_class;

/* Zero it to start; rk_tally_free ends it. */
typedef struct {
    rk_tally_class *classes;
    size_t class_count, class_cap;
    uint64_t others;
    bool timed;         /* `first` and `last` tell something */
    double first, last; /* Unix seconds */
    rk_arena names;
} rk_tally;

/* `time` is NaN where it is not known. */
bool rk_tally_add(rk_tally *tally, rk_slice class_name, double time, rk_err *err);

/* "62 MailerJob, 50 ReportJob and 76 of 3 other classes; enqueued from 2026-11-23 07:43:20 to 2026-11-23
 * 07:43:31", the most frequent first. Returns `out`. */
const char *rk_tally_words(rk_tally *tally, char *out, size_t cap);

void rk_tally_free(rk_tally *tally);

#endif
