/* aofcheck_view: the report of a check of append-only files, as the views of check_report.h hand it on. */
#ifndef RK_REPORT_AOFCHECK_VIEW_H
#define RK_REPORT_AOFCHECK_VIEW_H

#include <jansson.h>

#include "human.h"
#include "ink.h"
#include "rdbkit/check_report.h"

int aofcheck_report_exit(const rk_checked_file *file, const rk_check_report_options *options);
bool aofcheck_report_text(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                          rk_err *err);

/* aofcheck_json.c: the file as a JSON object, with its problems and obstacles, or without (`all`); they as lines. */
json_t *aofcheck_json(const rk_checked_file *file, const rk_check_report_options *options, bool all);
bool aofcheck_json_lines(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                         rk_err *err);

/* ---- the parts of the text ------------------------------------------------------------------------------------ */

typedef struct {
    const rk_checked_file *file;
    const rk_aofcheck *aof;
    const rk_check_report_options *options;
    FILE *out;
    rk_err *err;
} aofcheck_view;

/* aofcheck_tables.c */
bool aofcheck_write_parts(const aofcheck_view *v);
bool aofcheck_write_commands(const aofcheck_view *v);

/* aofcheck_loads.c: who loads it. */
void aofcheck_write_loads(const aofcheck_view *v);

#endif
