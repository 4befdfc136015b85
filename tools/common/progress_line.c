/* progress_line: the words of the progress line, made to fit. Nothing here knows a terminal or a clock. */
#include "common/progress.h"

#include <stdio.h>

enum {
    NAME_SHORTEST = 8,
    NAME_LONGEST = 200,
    NAME_BYTES = 256,
    NAME_CAP = 4 * NAME_BYTES + 8,
    SOURCES_APART = 4,
    SHORT_NAMES = 3 /* from this one of the widths on the bytes go, rather than more of the name */
};

/* How much is told of each source; the less, the narrower. */
typedef enum { TELL_ALL, TELL_NO_BYTES, TELL_NO_RATE, TELL_NO_TIME, TELL_COUNT } detail;

/* "812 B", "9.3 KiB", "790 MiB": never more than four digits. */
static void print_bytes(double bytes, char *out, size_t cap)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    size_t unit = 0;
    for (; bytes >= 1023.5 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        bytes /= 1024;
    snprintf(out, cap, unit > 0 && bytes < 9.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

/* "3 s left", "2 min 5 s left", "1 h 10 min left". */
static void print_time_left(double seconds, char *out, size_t cap)
{
    uint64_t s = (uint64_t)(seconds + 0.999);
    if (s < 60)
        snprintf(out, cap, "%u s left", (unsigned)s);
    else if (s < 3600)
        snprintf(out, cap, "%u min %u s left", (unsigned)(s / 60), (unsigned)(s % 60));
    else
        snprintf(out, cap, "%" PRIu64 " h %u min left", s / 3600, (unsigned)(s % 3600 / 60));
}

/* The sources are read side by side, so the slowest one decides. Negative: cannot be told. */
static double seconds_left(const progress_reading *readings, size_t count)
{
    double longest = -1;
    for (size_t i = 0; i < count; i++) {
        const progress_reading *r = &readings[i];
        if (r->total == 0)
            return -1;
        if (r->done >= r->total)
            continue;
        double left = r->per_second > 0 ? (double)(r->total - r->done) / r->per_second : -1;
        if (left < 0 || left > 100.0 * 3600)
            return -1;
        longest = left > longest ? left : longest;
    }
    return longest;
}

/* Everything has been read: what still takes time is another thing. */
static bool is_read(const progress_reading *readings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (readings[i].total == 0 || readings[i].done < readings[i].total)
            return false;
    return count > 0;
}

/* " 1.2 GiB 43% 812 MiB/s", or " 3.1 GiB 790 MiB/s" where the total is not known; no rate once all is read. */
static void print_figures(const progress_reading *r, detail how, char *out, size_t cap)
{
    char bytes[32], amount[48], rate[32];
    bool all = r->total && r->done >= r->total;
    unsigned percent = all ? 100 : r->total ? (unsigned)((double)r->done * 100 / (double)r->total) : 0;
    print_bytes((double)r->done, bytes, sizeof bytes);
    if (r->total)
        snprintf(amount, sizeof amount, "%s%s%u%%", how == TELL_ALL ? bytes : "", how == TELL_ALL ? " " : "",
                 percent);
    else
        snprintf(amount, sizeof amount, "%s", bytes);
    print_bytes(r->per_second, rate, sizeof rate);
    if (how <= TELL_NO_BYTES && r->per_second > 0 && !all)
        snprintf(out, cap, " %s %s/s", amount, rate);
    else
        snprintf(out, cap, " %s", amount);
}

/* Columns that UTF-8 takes, a character each. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* The name with control bytes escaped, and only its end when it is wider than `widest`: "...ups/old.rdb". */
static void print_name(const char *name, size_t widest, char *out, size_t cap)
{
    char whole[4 * NAME_BYTES + 4];
    const char *end = whole;
    size_t length = strlen(name);
    if (length > NAME_BYTES)
        name += length - NAME_BYTES;
    rk_slice_print(rk_slice_of(name), whole, sizeof whole);
    size_t width = width_of(whole), kept = widest > 3 ? widest - 3 : 0;
    if (width <= widest) {
        snprintf(out, cap, "%s", whole);
        return;
    }
    for (size_t skip = width - kept; *end && (skip > 0 || ((unsigned char)*end & 0xc0) == 0x80); end++)
        if (((unsigned char)*end & 0xc0) != 0x80)
            skip--;
    snprintf(out, cap, "...%s", end);
}

/* The line in the given detail, with no name wider than `widest`. */
static void compose(const progress_reading *readings, size_t count, detail how, size_t widest, char *out,
                    size_t cap)
{
    char name[NAME_CAP], figures[100], left[64];
    double seconds = seconds_left(readings, count);
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < count && used < cap; i++) {
        print_name(readings[i].name, widest, name, sizeof name);
        print_figures(&readings[i], how, figures, sizeof figures);
        used += (size_t)snprintf(out + used, cap - used, "%s%s%s", i ? " | " : "", name, figures);
    }
    if (how < TELL_NO_TIME && is_read(readings, count) && used < cap) {
        snprintf(out + used, cap - used, " | comparing");
    } else if (how < TELL_NO_TIME && seconds >= 0 && used < cap) {
        print_time_left(seconds, left, sizeof left);
        snprintf(out + used, cap - used, " | %s", left);
    }
}

static void cut(char *text, size_t columns)
{
    for (; *text; text++)
        if (((unsigned char)*text & 0xc0) != 0x80 && columns-- == 0)
            break;
    *text = 0;
}

static progress_reading sum_of(const progress_reading *readings, size_t count)
{
    progress_reading sum = { 0 };
    bool known = true;
    for (size_t i = 0; i < count; i++) {
        sum.done += readings[i].done;
        sum.total += readings[i].total;
        sum.per_second += readings[i].per_second;
        known = known && readings[i].total > 0;
    }
    sum.total = known ? sum.total : 0;
    return sum;
}

const char *progress_line(const progress_reading *readings, size_t count, unsigned columns, char *out,
                          size_t cap)
{
    static const size_t name_widths[] = { NAME_LONGEST, 40, 24, 16, 12, NAME_SHORTEST };
    char sum_name[32];
    progress_reading sum;
    if (count > SOURCES_APART) {
        sum = sum_of(readings, count);
        snprintf(sum_name, sizeof sum_name, "%zu sources", count);
        sum.name = sum_name;
        readings = &sum;
        count = 1;
    }
    for (detail how = TELL_ALL; how < TELL_COUNT; how++)
        for (size_t i = 0; i < (how == TELL_ALL ? SHORT_NAMES : sizeof name_widths / sizeof name_widths[0]);
             i++) {
            compose(readings, count, how, name_widths[i], out, cap);
            if (width_of(out) <= columns)
                return out;
        }
    cut(out, columns);
    return out;
}
