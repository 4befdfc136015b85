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
void aoflog_write_path(const rk_aoflog_report *report, FILE *out);
void aoflog_write_ends(const rk_aoflog_info *info, FILE *out);

/* What the answer of a replay may lack: commands that could not be replayed, an end that is torn. */
void aoflog_write_doubts(const rk_aoflog_report *report, const rk_replay_info *info, FILE *out);

/* PATH, or PATH@MOMENT, as a word for a shell: in '...' where that is needed. Returns `out`. */
const char *aoflog_shell_word(const char *path, const char *moment, char *out, size_t cap);

/* A bar of up to `most` marks for a share of the largest. Returns `out` (at least most + 1 bytes). */
const char *aoflog_bar(double amount, double largest, unsigned most, char *out);

/* Writes along time, or by offset without annotations. */
bool aoflog_write_line(const rk_aoflog_report *report, const rk_aoflog_counts *counts, FILE *out,
                       rk_err *err);

#endif
