/* glob: the shell patterns of Redis' KEYS command. */
#include "rdbkit/base.h"

/* Matches one pattern element other than `*` against `c`; sets `next` to the element behind it. */
static bool element_matches(rk_slice pattern, size_t at, uint8_t c, size_t *next)
{
    uint8_t p = pattern.ptr[at];
    if (p == '\\' && at + 1 < pattern.len) {
        *next = at + 2;
        return pattern.ptr[at + 1] == c;
    }
    *next = at + 1;
    if (p == '?')
        return true;
    if (p != '[')
        return p == c;

    bool found = false;
    size_t i = at + 1;
    bool negated = i < pattern.len && pattern.ptr[i] == '^';
    for (i += negated; i < pattern.len && pattern.ptr[i] != ']'; i++) {
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
            i++;
        uint8_t low = pattern.ptr[i], high = low;
        if (i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']') {
            high = pattern.ptr[i + 2];
            i += 2;
        }
        if (low > high) {
            uint8_t swap = low;
            low = high;
            high = swap;
        }
        found |= c >= low && c <= high;
    }
    *next = i < pattern.len ? i + 1 : i;
    return found != negated;
}

bool rk_slice_glob(rk_slice pattern, rk_slice s)
{
    size_t p = 0, at = 0, star = SIZE_MAX, star_at = 0;
    for (;;) {
        size_t next = 0;
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            star_at = at;
        } else if (at == s.len) {
            return p == pattern.len;
        } else if (p < pattern.len && element_matches(pattern, p, s.ptr[at], &next)) {
            p = next;
            at++;
        } else if (star != SIZE_MAX) {
            p = star;
            at = ++star_at;
        } else {
            return false;
        }
    }
}
