/* file_line: what is known of a snapshot file, in facts with commas between, for the head of a report. */
#ifndef RK_REPORT_FILE_LINE_H
#define RK_REPORT_FILE_LINE_H

#include "human.h"

/* Facts of one file, joined by commas. Zero it to start; written with rk_human_fill. */
typedef struct {
    char text[1200];
    size_t used;
} rk_file_line;

void rk_file_line_add(rk_file_line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "Redis 7.0.15, RDB 10"; "70.5 KiB"; "checksum ok", nothing of a log, which has none. */
void rk_file_line_writer(rk_file_line *line, const rk_snapshot_info *info);
void rk_file_line_size(rk_file_line *line, const rk_snapshot_info *info);
void rk_file_line_checksum(rk_file_line *line, const rk_snapshot_info *info);

/* What its time is the time of: "saved"; of a log "as of", or "base saved". */
const char *rk_file_line_time_word(const rk_snapshot_info *info);

/* What few files have: functions, modules, records of vendors, bytes behind the end. `behind` stands after what a
 * comparison passes over. */
void rk_file_line_unusual(rk_file_line *line, const rk_snapshot_info *info, const char *behind);

#endif
