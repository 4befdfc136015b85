/* human: numbers, sizes, times and places as people read them. Each function writes into the room it is given
 * and returns its text. Times are UTC. */
#ifndef RK_REPORT_HUMAN_H
#define RK_REPORT_HUMAN_H

#include "rdbkit/report.h"

typedef struct {
    char text[64];
} rk_human;

const char *rk_human_count(uint64_t n, rk_human *room);                     /* "1,234" */
const char *rk_human_signed(int64_t n, rk_human *room);                     /* "+1,234", "-7", "0" */
const char *rk_human_things(uint64_t n, const char *thing, rk_human *room); /* "1 job", "1,234 jobs" */
const char *rk_human_size(uint64_t bytes, rk_human *room);                  /* "1.0 MiB" */
const char *rk_human_span(double seconds, rk_human *room);  /* "75 s", "3 h 20 min", "2 days" */
const char *rk_human_stamp(double seconds, rk_human *room); /* "2026-11-23T03:11:59Z" */

/* "2026-11-23 03:11:59"; what is no time of this age, such as a score in milliseconds, as the number it is.
 */
const char *rk_human_time(double seconds, rk_human *room);

/* A score in as few digits as read back to the same double. */
const char *rk_human_score(double score, rk_human *room);

/* "shop:queue:default", with "db3 " in front where `with_db`; control bytes escaped, cut where it is too
 * long. */
typedef struct {
    char text[200];
} rk_human_place_room;
const char *rk_human_place(const rk_place *place, bool with_db, rk_human_place_room *room);

/* Writes `words` filled to 100 columns; `first` stands before the first line, as many blanks before others.
 * No line breaks at an RK_HUMAN_BLANK, which is shown as a blank. */
enum { RK_HUMAN_COLUMNS = 100, RK_HUMAN_BLANK = 0x1f };
void rk_human_fill(FILE *out, const char *first, const char *words);

/* Appends to the text in `out`, behind `between` unless it is empty yet; what does not fit is cut off. */
void rk_human_join(char *out, size_t cap, const char *between, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "namespace 'shop'", "no namespace", with " in db 3" behind it where `with_db`. */
const char *rk_human_layout(const rk_layout *layout, bool with_db, rk_human_place_room *room);

/* How many columns a text takes: its code points. */
size_t rk_human_width(const char *text);

#endif
