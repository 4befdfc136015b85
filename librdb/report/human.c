/* human: numbers, sizes, times and places as people read them. */
#include "human.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

const char *rk_human_count(uint64_t n, rk_human *room)
{
    return rk_count_print(n, room->text);
}

const char *rk_human_signed(int64_t n, rk_human *room)
{
    rk_human digits;
    rk_human_count(n < 0 ? 0 - (uint64_t)n : (uint64_t)n, &digits);
    snprintf(room->text, sizeof room->text, "%s%.40s", n > 0 ? "+" : n < 0 ? "-" : "", digits.text);
    return room->text;
}

const char *rk_human_things(uint64_t n, const char *thing, rk_human *room)
{
    rk_human count;
    snprintf(room->text, sizeof room->text, "%.30s %.30s%s", rk_human_count(n, &count), thing,
             n == 1 ? "" : "s");
    return room->text;
}

const char *rk_human_size(uint64_t bytes, rk_human *room)
{
    static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double size = (double)bytes / 1024;
    size_t unit = 0;
    if (bytes < 1024)
        return rk_human_things(bytes, "byte", room);
    for (; size >= 1023.95 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        size /= 1024;
    snprintf(room->text, sizeof room->text, "%.1f %s", size, units[unit]);
    return room->text;
}

/* "3 h 20 min": two units where the second is not 0. */
static const char *two_units(uint64_t whole, const char *unit, uint64_t rest, const char *lesser,
                             rk_human *room)
{
    if (rest)
        snprintf(room->text, sizeof room->text, "%" PRIu64 " %s %" PRIu64 " %s", whole, unit, rest, lesser);
    else
        snprintf(room->text, sizeof room->text, "%" PRIu64 " %s", whole, unit);
    return room->text;
}

const char *rk_human_span(double seconds, rk_human *room)
{
    if (!(seconds >= 0 && seconds < 1e12)) {
        snprintf(room->text, sizeof room->text, "an unknown time");
        return room->text;
    }
    uint64_t s = (uint64_t)(seconds + 0.5);
    if (s < 120)
        return two_units(s, "s", 0, "", room);
    if (s < 3600)
        return two_units(s / 60, "min", s % 60, "s", room);
    if (s < 86400)
        return two_units(s / 3600, "h", s % 3600 / 60, "min", room);
    return two_units(s / 86400, s < 172800 ? "day" : "days", s % 86400 / 3600, "h", room);
}

/* From 2001 to 9999; what stands beyond is no time in seconds (of this age, one in milliseconds is). */
static bool is_time(double seconds)
{
    return seconds >= 1e9 && seconds < 253402300800.0;
}

static const char *time_as(double seconds, const char *format, rk_human *room)
{
    time_t whole = is_time(seconds) ? (time_t)floor(seconds) : 0;
    struct tm parts;
    if (is_time(seconds) && gmtime_r(&whole, &parts) &&
        strftime(room->text, sizeof room->text, format, &parts) > 0)
        return room->text;
    return rk_human_score(seconds, room);
}

const char *rk_human_stamp(double seconds, rk_human *room)
{
    return time_as(seconds, "%Y-%m-%dT%H:%M:%SZ", room);
}

const char *rk_human_time(double seconds, rk_human *room)
{
    return time_as(seconds, "%Y-%m-%d %H:%M:%S", room);
}

const char *rk_human_score(double score, rk_human *room)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(room->text, sizeof room->text, "%.*g", digits, score);
        if (strtod(room->text, NULL) == score)
            break;
    }
    return room->text;
}

const char *rk_human_place(const rk_place *place, bool with_db, rk_human_place_room *room)
{
    char prefix[80], name[100];
    rk_slice_print(place->layout->prefix, prefix, sizeof prefix);
    rk_slice_print(place->name, name, sizeof name);
    if (with_db)
        snprintf(room->text, sizeof room->text, "db%" PRIu32 " %s%s", place->layout->db, prefix, name);
    else
        snprintf(room->text, sizeof room->text, "%s%s", prefix, name);
    return room->text;
}

const char *rk_human_layout(const rk_layout *layout, bool with_db, rk_human_place_room *room)
{
    char prefix[100];
    size_t len = layout->prefix.len;
    rk_slice_print(rk_slice_head(layout->prefix, len > 0 ? len - 1 : 0), prefix, sizeof prefix);
    snprintf(room->text, sizeof room->text, len > 0 ? "namespace '%s'" : "no namespace", prefix);
    if (with_db)
        rk_human_join(room->text, sizeof room->text, "", " in db %" PRIu32, layout->db);
    return room->text;
}

void rk_human_join(char *out, size_t cap, const char *between, const char *format, ...)
{
    va_list args;
    size_t used = strlen(out);
    if (used > 0)
        used += (size_t)snprintf(out + used, cap - used, "%s", between);
    if (used >= cap)
        return;
    va_start(args, format);
    vsnprintf(out + used, cap - used, format, args);
    va_end(args);
}

size_t rk_human_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

void rk_human_fill(FILE *out, const char *first, const char *words)
{
    size_t indent = rk_human_width(first), column = indent;
    bool begun = false;
    fputs(first, out);
    while (*words) {
        char word[512];
        size_t len = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        size_t width = rk_human_width(word);
        for (char *c = word; *c; c++)
            *c = *c == RK_HUMAN_BLANK ? ' ' : *c;
        if (begun && column + 1 + width > RK_HUMAN_COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (begun) {
            fputc(' ', out);
            column++;
        }
        fputs(word, out);
        column += width;
        begun = true;
        words += len;
        words += strspn(words, " ");
    }
    fputc('\n', out);
}
