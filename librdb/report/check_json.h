/* check_json: the parts of the JSON of a check. Each returns a json_t that the caller owns, NULL for want of memory. */
#ifndef RK_REPORT_CHECK_JSON_H
#define RK_REPORT_CHECK_JSON_H

#include "json_out.h"
#include "rdbkit/check_report.h"

/* check_json_facts.c: dbs, encodings, opcodes, traits, biggest, aux, functions, sidekiq ... as members of one object. */
json_t *check_json_facts(const rk_facts *facts);

json_t *check_json_problem(const rk_problem *problem);
json_t *check_json_obstacle(const rk_obstacle *obstacle);
json_t *check_json_salvage(const rk_salvage_result *result); /* what a salvage of a snapshot holds */

/* A line that begins with its type and its file. Takes `rest`. */
bool check_json_line(const char *type, const rk_checked_file *file, json_t *rest, FILE *out, rk_err *err);

#endif
