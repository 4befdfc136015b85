/* aoflog_times: how much was written when, and when least, for people. */
#include <math.h>

#include "aoflog_view.h"

enum { ROWS_MOST = 24, BAR = 40 };

/* ---- along time --------------------------------------------------------------------------------------------- */

/* The shortest step of whole minutes, hours or days that takes no more rows than there is room for. */
static int64_t step_for(int64_t from, int64_t to)
{
    static const int64_t steps[] = {
        1,    5,    15,    30,    60,    120,   300,    600,    900,     1800,
        3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000
    };
    size_t count = sizeof steps / sizeof steps[0];
    for (size_t i = 0; i < count; i++)
        if ((to - 1) / steps[i] - from / steps[i] < ROWS_MOST)
            return steps[i];
    return ((to - from) / ROWS_MOST / steps[count - 1] + 1) * steps[count - 1];
}

static bool write_times(const rk_timeline *line, FILE *out, rk_err *err)
{
    static const char *const titles[] = { "FROM, UTC", ">WRITES", ">A MINUTE", "", NULL };
    int64_t first = line->first, to = first + (int64_t)(line->count * line->width);
    int64_t step = step_for(first, to), from = first / step * step;
    rk_table *table = rk_table_new(titles);
    rk_human when, writes, rate, span;
    char bar[BAR + 1];
    double largest = 0;
    for (int64_t at = from; at < to; at += step)
        largest = fmax(largest, rk_timeline_sum(line, (double)at, (double)(at + step)));
    for (int64_t at = from; at < to; at += step) {
        double sum = rk_timeline_sum(line, (double)at, (double)(at + step));
        int64_t begin = at > first ? at : first, end = at + step < to ? at + step : to;
        snprintf(rate.text, sizeof rate.text, "%.*f", sum / (double)(end - begin) < 1 ? 1 : 0,
                 sum * 60 / (double)(end - begin));
        rk_table_row(table, (const char *[]){ rk_human_time((double)at, &when),
                                              rk_human_count((uint64_t)(sum + 0.5), &writes), rate.text,
                                              aoflog_bar(sum, largest, BAR, bar) });
    }
    fprintf(out, "\nwrites, a row for each %s:\n", rk_human_span((double)step, &span));
    return rk_table_write(table, "  ", out, err);
}

/* ---- along the file ----------------------------------------------------------------------------------------- */

static bool write_offsets(const rk_timeline *line, FILE *out, rk_err *err)
{
    static const char *const titles[] = { ">FROM BYTE", ">WRITES", "", NULL };
    double width = (double)line->width, end = (double)line->first + (double)line->count * width;
    double step = fmax(1, ceil(end / (ROWS_MOST / 2))), largest = 0;
    rk_table *table = rk_table_new(titles);
    rk_human from, writes;
    char bar[BAR + 1];
    for (double at = 0; at < end; at += step)
        largest = fmax(largest, rk_timeline_sum(line, at, at + step));
    for (double at = 0; at < end; at += step) {
        double sum = rk_timeline_sum(line, at, at + step);
        rk_table_row(table, (const char *[]){ rk_human_count((uint64_t)at, &from),
                                              rk_human_count((uint64_t)(sum + 0.5), &writes),
                                              aoflog_bar(sum, largest, BAR, bar) });
    }
    fputs("\nno times: the log has no annotations (aof-timestamp-enabled yes); writes by offset:\n", out);
    return rk_table_write(table, "  ", out, err);
}

bool aoflog_write_line(const rk_aoflog_counts *counts, FILE *out, rk_err *err)
{
    if (counts->times.count > 0)
        return write_times(&counts->times, out, err);
    return counts->offsets.count == 0 || write_offsets(&counts->offsets, out, err);
}

/* ---- quiet windows ------------------------------------------------------------------------------------------ */

static bool write_hours(const rk_quietest *quiet, FILE *out, rk_err *err)
{
    static const char *const titles[] = { "HOUR, UTC", ">WRITES", "", NULL };
    rk_table *table = rk_table_new(titles);
    rk_human hour, writes;
    char bar[BAR + 1];
    double largest = 0;
    for (unsigned i = 0; i < 24; i++)
        largest = fmax(largest, quiet->hour_writes[i]);
    for (unsigned i = 0; i < 24; i++) {
        snprintf(hour.text, sizeof hour.text, "%02u:00", i);
        rk_table_row(table, (const char *[]){
                                hour.text, rk_human_count((uint64_t)(quiet->hour_writes[i] + 0.5), &writes),
                                aoflog_bar(quiet->hour_writes[i], largest, BAR, bar) });
    }
    fputs("\nthe hours of the day, writes on the average:\n", out);
    return rk_table_write(table, "  ", out, err);
}

static void add_window(rk_table *table, const char *what, rk_quiet_window window)
{
    rk_human from, to, writes;
    rk_table_row(table, (const char *[]){ what, rk_human_time((double)window.from_s, &from),
                                          rk_human_time((double)window.to_s, &to),
                                          rk_human_count(window.writes, &writes) });
}

bool aoflog_text_quietest(const rk_aoflog_report *report, const rk_aoflog_counts *counts,
                          const rk_quietest *quiet, rk_err *err)
{
    FILE *out = report->out;
    static const char *const titles[] = { "", "FROM, UTC", "TO, UTC", ">WRITES", NULL };
    static const char *const ranks[] = { "quietest", "second", "third" };
    rk_human span, covered, first, to, usual, least, from;
    rk_table *table = rk_table_new(titles);
    aoflog_write_path(report);
    fprintf(out, "  %s of log, from %s to %s\n\n",
            rk_human_span((double)(quiet->to_s - quiet->first_s), &covered),
            rk_human_time((double)quiet->first_s, &first), rk_human_time((double)quiet->to_s, &to));
    for (size_t i = 0; i < quiet->count; i++)
        add_window(table, ranks[i], quiet->best[i]);
    add_window(table, "busiest", quiet->busiest);
    if (!rk_table_write(table, "  ", out, err) || (quiet->has_hours && !write_hours(quiet, out, err)))
        return false;
    fputc('\n', out);
    if (quiet->slot_s > 1)
        fprintf(out, "times are told to %s\n", rk_human_span((double)quiet->slot_s, &span));
    if (counts->stepped_back)
        fputs("the clock stepped back in this log: times are as it told them\n", out);
    fprintf(out, "quietest %s: from %s UTC, with %s; the usual one has %s\n",
            rk_human_span((double)quiet->span_s, &span), rk_human_time((double)quiet->best[0].from_s, &from),
            rk_human_things(quiet->best[0].writes, "write", &least), rk_human_count(quiet->usual, &usual));
    return true;
}
