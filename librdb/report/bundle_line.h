/* bundle_line: what a report of a comparison says of the bundle that was made of it. */
#ifndef RK_REPORT_BUNDLE_LINE_H
#define RK_REPORT_BUNDLE_LINE_H

#include "json_out.h"

/* The command that gives the jobs of the bundle back, for a shell; to be freed, NULL without memory. */
char *rk_bundle_command_line(const rk_diff_bundle *bundle);

/* In one line; nothing where none was asked for. */
void rk_text_bundle(const rk_report_options *options, FILE *out);

/* The object `bundle`, or null. */
json_t *rk_json_out_bundle(const rk_report_options *options);

#endif
