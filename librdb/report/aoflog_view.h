/* aoflog_view: what the views of a log share. */
#ifndef RK_REPORT_AOFLOG_VIEW_H
#define RK_REPORT_AOFLOG_VIEW_H

#include "human.h"
#include "ink.h"
#include "rdbkit/aoflog_report.h"
#include "table.h"

/* Unix seconds as "2026-11-23 03:11:59", or "-" where they are not known. */
const char *aoflog_time(int64_t seconds, rk_human *room);

/* Where a command stands: FILE:OFFSET, or the offset alone where there is one file. */
typedef struct {
    char text[320];
} aoflog_place_room;
const char *aoflog_place(const rk_aof_set *set, size_t file, uint64_t offset, aoflog_place_room *room);

const char *aoflog_role(const rk_aof_set *set, size_t file);

/* The name of the log in bold, and what is told of how its files end. */
void aoflog_write_path(const rk_aoflog_report *report);
void aoflog_write_ends(const rk_aoflog_info *info, FILE *out);

/* What the answer of a replay may lack: commands that could not be replayed, an end that is torn. */
void aoflog_write_doubts(const rk_replay_info *info, FILE *out);

/* PATH, or PATH@MOMENT, as a word for a shell: in '...' where that is needed. Returns `out`. */
const char *aoflog_shell_word(const char *path, const char *moment, char *out, size_t cap);

/* A bar of up to `most` marks for a share of the largest. Returns `out` (at least most + 1 bytes). */
const char *aoflog_bar(double amount, double largest, unsigned most, char *out);

/* Writes along time, or by offset without annotations. */
bool aoflog_write_line(const rk_aoflog_counts *counts, FILE *out, rk_err *err);

/* ---- the views for people: a file each ------------------------------------------------------------------------ */

bool aoflog_text_counts(const rk_aoflog_report *report, const rk_aoflog_counts *counts, rk_err *err);
bool aoflog_text_quietest(const rk_aoflog_report *report, const rk_aoflog_counts *counts,
                          const rk_quietest *quiet, rk_err *err);
bool aoflog_text_entry(const rk_aoflog_report *report, const rk_aof_set *set, const rk_aoflog_entry *entry,
                       rk_err *err);
bool aoflog_text_harm(const rk_aoflog_report *report, const rk_harms_info *info, const rk_harm *harm,
                      rk_err *err);
void aoflog_text_harm_end(const rk_aoflog_report *report, const rk_harms_info *info,
                          const rk_harm_tally *tally);
bool aoflog_text_key(const rk_aoflog_report *report, const rk_keys_info *info, const rk_key_event *event,
                     rk_err *err);
void aoflog_text_key_end(const rk_aoflog_report *report, const rk_keys_info *info);
bool aoflog_text_writer(const rk_aoflog_report *report, const rk_keys_info *info, rk_slice key,
                        const rk_key_event *event, rk_err *err);
void aoflog_text_job(const rk_aoflog_report *report, const rk_history_info *info, const rk_job_event *event);
void aoflog_text_fate(const rk_aoflog_report *report, const rk_history_info *info, const rk_job_fate *fate);
void aoflog_text_job_end(const rk_aoflog_report *report, const rk_history_info *info);

#endif
