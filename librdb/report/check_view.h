/* check_view: what the parts of the report of a check share. */
#ifndef RK_REPORT_CHECK_VIEW_H
#define RK_REPORT_CHECK_VIEW_H

#include "human.h"
#include "ink.h"
#include "rdbkit/check_report.h"

typedef struct {
    const rk_checked_file *file;
    const rk_check *check;
    const rk_snapshot_info *info;
    const rk_facts *facts;
    const rk_check_report_options *options;
    FILE *out;
    rk_err *err;
} check_view;

/* Jobs in all places of all layouts but in hand, and those in hand. */
uint64_t check_view_jobs(const rk_facts *facts, uint64_t *in_hand);

/* check_tables.c: each writes one table, and nothing when there is nothing to say. */
bool check_write_keys(const check_view *v);
bool check_write_encodings(const check_view *v);
bool check_write_biggest(const check_view *v);
bool check_write_places(const check_view *v);
bool check_write_aux(const check_view *v);

/* check_loads.c: who can load it. */
void check_write_loads(const check_view *v);
void check_write_obstacle(const rk_obstacle *obstacle, bool colour, FILE *out);

#endif
