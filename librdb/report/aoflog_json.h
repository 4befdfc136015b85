/* aoflog_json: the history in a log as JSON: values, events, answers. All that return a json_t give it to the caller, and
 * NULL when memory is short. */
#ifndef RK_REPORT_AOFLOG_JSON_H
#define RK_REPORT_AOFLOG_JSON_H

#include "json_out.h"
#include "rdbkit/aoflog_report.h"

/* ---- events (aoflog_json_events.c) ---- */
json_t *aoflog_json_entry(const rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                          rk_err *err);
json_t *aoflog_json_harm(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                         rk_err *err);
json_t *aoflog_json_key(const rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *event,
                        rk_err *err);
json_t *aoflog_json_job(const rk_history_info *info, const rk_job_event *event);
json_t *aoflog_json_fate(const rk_history_info *info, const rk_job_fate *fate);

/* ---- what is known of the log (aoflog_json.c) ---- */
json_t *aoflog_json_set(const rk_aof_set *set);
json_t *aoflog_json_files(const rk_aoflog_info *info,
                          const rk_aoflog_share *shares); /* shares: may be NULL */
json_t *aoflog_json_replay(const rk_replay_info *info);

/* ---- answers (aoflog_json.c): members beside those that every answer has ---- */
json_t *aoflog_json_counts(const rk_aoflog_counts *counts);
json_t *aoflog_json_quietest(const rk_quietest *quiet);

#endif
