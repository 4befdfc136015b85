/* progress: one line on a terminal's standard error while sources are read, drawn by a thread of its own:
 *
 *     old.rdb 1.2 GiB 43% 812 MiB/s | new.rdb 1.1 GiB 40% 790 MiB/s | 3 s left
 *
 * It appears after half a second, is drawn anew five times a second, and is erased at the end. */
#ifndef RDBKIT_PROGRESS_H
#define RDBKIT_PROGRESS_H

#include "rdbkit/io.h"

typedef struct {
    const char *name;      /* as the user named it */
    rk_progress *progress; /* what rk_source_options.progress points to */
} progress_source;

typedef struct progress_view progress_view;

/* Starts to show how far `sources` are read; what they point to must outlive the view. NULL, which is no
 * error, when nothing is to be shown: `quiet`, standard error is no terminal or a dumb one, or no thread is
 * to be had. */
progress_view *progress_start(const progress_source *sources, size_t count, bool quiet);

/* Erases the line and ends the thread; behind it standard error is free for other words. Takes NULL. */
void progress_stop(progress_view *view);

/* ---- the line itself, for whoever has no terminal ---------------------------------------------------- */

/* One source at one moment. */
typedef struct {
    const char *name;
    uint64_t done, total; /* bytes; total 0: not known */
    double per_second;    /* bytes; 0: not known yet */
} progress_reading;

/* Writes the line, without control bytes, into `out` (cap bytes): at most `columns` wide. Where it does not
 * fit, names lose their beginning, then the bytes go, then the rates, then the time left. Returns `out`. */
const char *progress_line(const progress_reading *readings, size_t count, unsigned columns, char *out,
                          size_t cap);

#endif
