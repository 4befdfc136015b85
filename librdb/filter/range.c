/* range: the words of ranges: sizes, slots, times to live; and of types and databases. */
#include "rdbkit/filter.h"

typedef struct {
    const char *word;
    uint64_t factor;
} unit;

static const unit size_units[] = {
    { "", 1 },         { "k", 1u << 10 }, { "K", 1u << 10 }, { "M", 1u << 20 },
    { "m", 1u << 20 }, { "G", 1u << 30 }, { "g", 1u << 30 },
};

static const unit time_units[] = {
    { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
};

static const unit plain_unit[] = { { "", 1 } };

/* A kind of range, and what to say when words are none. */
typedef struct {
    const unit *units;
    size_t unit_count;
    uint64_t most;
    const char *usage;
} range_kind;

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const range_kind sizes = { size_units, COUNT(size_units), UINT64_MAX,
                                  "a range of sizes is like 512, 10k-1.5M, 2G- or -100k" };
static const range_kind slots = { plain_unit, COUNT(plain_unit), 16383,
                                  "a range of slots is like 42, 0-8191, 8192- or -100, up to 16383" };
static const range_kind times = {
    time_units, COUNT(time_units), INT64_MAX,
    "a time to live is none, any, expired, or a range like 1h-7d, 30d- or -60s"
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool find_unit(const range_kind *kind, rk_slice word, uint64_t *factor)
{
    for (size_t i = 0; i < kind->unit_count; i++)
        if (rk_slice_is(word, rk_slice_of(kind->units[i].word))) {
            *factor = kind->units[i].factor;
            return true;
        }
    return false;
}

/* "1.5M": digits, at most 6 behind the point (what does not make a whole one is cut off), the unit. */
static bool parse_amount(const range_kind *kind, rk_slice text, uint64_t *value)
{
    uint64_t whole = 0, fraction = 0, scale = 1, factor = 1;
    size_t i = 0;
    for (; i < text.len && is_digit((char)text.ptr[i]); i++)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, text.ptr[i] - '0', &whole))
            return false;
    if (i == 0)
        return false;
    if (i < text.len && text.ptr[i] == '.') {
        size_t first = ++i;
        for (; i < text.len && is_digit((char)text.ptr[i]) && i < first + 6; i++) {
            fraction = fraction * 10 + text.ptr[i] - '0';
            scale *= 10;
        }
        if (i == first)
            return false;
    }
    if (!find_unit(kind, rk_slice_from(text, i), &factor) || __builtin_mul_overflow(whole, factor, &whole))
        return false;
    return !__builtin_add_overflow(whole, fraction * factor / scale, value) && *value <= kind->most;
}

static bool parse_range(const range_kind *kind, const char *words, rk_range *range, rk_err *err)
{
    char shown[60];
    rk_slice all = rk_slice_of(words);
    size_t dash = rk_slice_find(all, RK_TEXT("-"), 0);
    rk_slice low = rk_slice_head(all, dash), high = dash == SIZE_MAX ? all : rk_slice_from(all, dash + 1);
    *range = (rk_range){ .set = true, .least = 0, .most = kind->most };
    bool ok = low.len > 0 || high.len > 0;
    ok = ok && (low.len == 0 || parse_amount(kind, low, &range->least));
    ok = ok && (high.len == 0 || parse_amount(kind, high, &range->most));
    if (!ok)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "%s, not '%s'", kind->usage,
                       rk_slice_print(all, shown, sizeof shown));
    return range->least <= range->most ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the range '%s' begins behind its end",
                   rk_slice_print(all, shown, sizeof shown));
}

bool rk_range_parse_bytes(const char *words, rk_range *range, rk_err *err)
{
    return parse_range(&sizes, words, range, err);
}

bool rk_range_parse_slots(const char *words, rk_range *range, rk_err *err)
{
    return parse_range(&slots, words, range, err);
}

bool rk_ttl_parse(const char *words, rk_ttl_range *ttl, rk_err *err)
{
    static const char *const names[] = {
        [RK_TTL_NONE] = "none", [RK_TTL_ANY] = "any", [RK_TTL_EXPIRED] = "expired"
    };
    rk_range range;
    *ttl = (rk_ttl_range){ RK_TTL_RANGE, 0, INT64_MAX };
    for (size_t i = RK_TTL_NONE; i < COUNT(names); i++)
        if (strcmp(words, names[i]) == 0) {
            *ttl = (rk_ttl_range){ .kind = i };
            return true;
        }
    if (!strchr(words, '-')) /* "1h" could be either end */
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "%s, not '%.60s'", times.usage, words);
    if (!parse_range(&times, words, &range, err))
        return false;
    ttl->least_ms = (int64_t)range.least;
    ttl->most_ms = (int64_t)range.most;
    return true;
}

static bool add_type(rk_slice word, uint32_t *types)
{
    for (int type = RK_STRING; type <= RK_OTHER; type++)
        if (rk_slice_is(word, rk_slice_of(rk_type_name(type)))) {
            *types |= UINT32_C(1) << type;
            return true;
        }
    return false;
}

bool rk_types_parse(const char *words, uint32_t *types, rk_err *err)
{
    char shown[60];
    for (const char *at = words, *comma = at; comma; at = comma + 1) {
        comma = strchr(at, ',');
        rk_slice word = { (const uint8_t *)at, comma ? (size_t)(comma - at) : strlen(at) };
        if (!add_type(word, types))
            return rk_fail(
                err, RK_USAGE, RK_NO_OFFSET,
                "a type is string, list, set, zset, hash, stream, module, array or other, not '%s'",
                rk_slice_print(word, shown, sizeof shown));
    }
    return true;
}

bool rk_db_parse(const char *words, uint32_t *db, rk_err *err)
{
    int64_t number;
    if (!rk_slice_int(rk_slice_of(words), &number) || number < 0 || number >= INT32_MAX)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a database is a number from 0, not '%.60s'", words);
    *db = (uint32_t)number;
    return true;
}
