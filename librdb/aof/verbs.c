/* verbs: from the name of a command to its row, and from a row to the keys among the arguments. */
#include "rdbkit/verbs.h"

#define ROW(id, name, least, first, last, step, flags) { name, least, first, last, step, flags },
static const rk_verb_row rows[RK_VERBS] = { { "", 0, 0, 0, 0, 0 }, RK_VERB_ROWS(ROW) };
#undef ROW

const rk_verb_row *rk_verb_row_of(rk_verb verb)
{
    return &rows[(unsigned)verb < RK_VERBS ? verb : RK_VERB_UNKNOWN];
}

/* A name as three numbers, so that one comparison looks at eight characters. */
enum { SHORTEST = 3, LONGEST = 18 };

typedef struct {
    uint64_t head, middle, tail;
} folded;

/* Up to eight characters, zeros behind. What is loaded twice is the same twice. */
static inline __attribute__((always_inline)) uint64_t word_at(const uint8_t *at, size_t len)
{
    uint64_t word = 0;
    uint32_t first, last;
    if (len >= 8) {
        memcpy(&word, at, 8);
    } else if (len >= 4) {
        memcpy(&first, at, 4);
        memcpy(&last, at + len - 4, 4);
        word = first | (uint64_t)last << 8 * (len - 4);
    } else if (len > 0) {
        word = at[0] | (uint64_t)at[len / 2] << 8 * (len / 2) | (uint64_t)at[len - 1] << 8 * (len - 1);
    }
    return word;
}

/* Capital letters become small ones, in all eight characters at once; no other byte changes. */
static inline uint64_t lower(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t seven = word & 0x7f * ones;
    uint64_t from_a = seven + (0x80 - 'A') * ones, behind_z = seven + (0x80 - 'Z' - 1) * ones;
    return word | ((from_a & ~behind_z & ~word & 0x80 * ones) >> 2);
}

static inline folded fold(const uint8_t *name, size_t len)
{
    folded f = { lower(word_at(name, len)), 0, 0 };
    if (len > 8)
        f.middle = lower(word_at(name + 8, len - 8));
    if (len > 16)
        f.tail = lower(word_at(name + 16, len - 16));
    return f;
}

/* The characters of a literal from `at` on as fold yields them; the compiler makes it a number. */
static inline __attribute__((always_inline)) uint64_t literal(const char *name, size_t len, size_t at)
{
    return len > at ? word_at((const uint8_t *)name + at, len - at) : 0;
}

/* Looks through the rows of one length; all others vanish when this is compiled. */
#define TRY(id, name, least, first, last, step, flags)                                                       \
    else if (sizeof(name) - 1 == LENGTH && f.head == literal(name, LENGTH, 0) &&                             \
             f.middle == literal(name, LENGTH, 8) && f.tail == literal(name, LENGTH, 16)) verb =             \
        RK_VERB_##id;
#define ROWS_OF_LENGTH(n)                                                                                    \
    case n: {                                                                                                \
        enum { LENGTH = n };                                                                                 \
        if (f.head == 0)                                                                                     \
            break;                                                                                           \
        RK_VERB_ROWS(TRY)                                                                                    \
        break;                                                                                               \
    }

/* A name of a length that is not asked for above would never be found. */
#define FITS(id, name, least, first, last, step, flags)                                                      \
    _Static_assert(sizeof(name) == 1 || (sizeof(name) - 1 >= SHORTEST && sizeof(name) - 1 <= LONGEST), name);
RK_VERB_ROWS(FITS)
#undef FITS

static bool is_of_a_module(rk_slice name, folded f)
{
    return memchr(name.ptr, '.', name.len) ||
           (name.len == 4 && (f.head == literal("vadd", 4, 0) || f.head == literal("vrem", 4, 0))) ||
           (name.len == 8 && f.head == literal("vsetattr", 8, 0));
}

rk_verb rk_verb_of(rk_slice name)
{
    rk_verb verb = RK_VERB_UNKNOWN;
    folded f = fold(name.ptr, name.len < LONGEST ? name.len : LONGEST);
    switch (name.len) {
        ROWS_OF_LENGTH(3)
        ROWS_OF_LENGTH(4)
        ROWS_OF_LENGTH(5)
        ROWS_OF_LENGTH(6)
        ROWS_OF_LENGTH(7)
        ROWS_OF_LENGTH(8)
        ROWS_OF_LENGTH(9)
        ROWS_OF_LENGTH(10)
        ROWS_OF_LENGTH(11)
        ROWS_OF_LENGTH(12)
        ROWS_OF_LENGTH(13)
        ROWS_OF_LENGTH(14)
        ROWS_OF_LENGTH(15)
        ROWS_OF_LENGTH(16)
        ROWS_OF_LENGTH(17)
        ROWS_OF_LENGTH(18)
    }
    return verb == RK_VERB_UNKNOWN && is_of_a_module(name, f) ? RK_VERB_MODULE_VERB : verb;
}

size_t rk_verb_key(rk_verb verb, const rk_slice *args, size_t argc, size_t n)
{
    const rk_verb_row *row = rk_verb_row_of(verb);
    if (row->first == 0 || n >= argc)
        return 0; /* more keys than arguments: also keeps the product below from wrapping */
    size_t first = (size_t)row->first, at = first + n * (size_t)row->step;
    if (row->flags & RK_VERB_NUMKEYS) {
        int64_t count;
        bool counted = first - 1 < argc && rk_slice_int(args[first - 1], &count) && count > 0;
        return counted && n < (uint64_t)count && at < argc ? at : 0;
    }
    int64_t last = row->last < 0 ? (int64_t)argc + row->last : row->last;
    return at < argc && (int64_t)at <= last ? at : 0;
}
