/* json_text: JSON strings, the hot path of an export. Most bytes need nothing, and most of the others are the quotes of
 * JSON within JSON: so sixteen bytes are looked at together, and where the machine can shuffle bytes, backslashes are
 * put into eight of them at once by a table. */
#include "json_text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* A string up to this is escaped straight into the buffer, and taken back when it proves not to be UTF-8. */
enum { AT_ONCE_MOST = 20 * 1024, ESCAPED_MOST = 6, SLACK = 32 };

/* Writes `in` with escapes to `out`, where six times its length and SLACK bytes are free, and returns where that ends.
 * *high: some byte was not ASCII; it is written as it is. */
typedef uint8_t *escape_bytes(const export_escape *escape, rk_slice in, uint8_t *out, bool *high);

struct export_escape {
    escape_bytes *run;
    uint8_t
        spread[256]
              [16]; /* by which of eight bytes want a backslash: where each byte comes from; 8: a backslash */
    uint8_t length[256]; /* how many bytes that makes */
};

/* What follows the backslash; 'u': four digits do. 0: the byte stands for itself. */
static const uint8_t escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

static inline uint8_t *escape_one(uint8_t byte, uint8_t *out)
{
    uint8_t letter = escapes[byte];
    if (!letter) {
        *out = byte;
        return out + 1;
    }
    out[0] = '\\';
    out[1] = letter;
    if (letter != 'u')
        return out + 2;
    memcpy(out + 2, "00", 2);
    out[4] = (uint8_t)('0' + (byte >> 4));
    out[5] = (uint8_t) "0123456789abcdef"[byte & 15];
    return out + 6;
}

static uint8_t *escape_by_byte(rk_slice in, uint8_t *out, bool *high)
{
    uint8_t all = 0;
    for (size_t i = 0; i < in.len; i++) {
        all |= in.ptr[i];
        out = escape_one(in.ptr[i], out);
    }
    *high |= all >= 0x80;
    return out;
}

/* True when none of the eight bytes of `word` wants an escape. */
static inline bool is_clean(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
    uint64_t low =
        (word - ones * 0x20) & ~word; /* a borrow may show one too many: then we look byte by byte */
    return ((low | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & tops) == 0;
}

static uint8_t *escape_by_words(const export_escape *escape, rk_slice in, uint8_t *out, bool *high)
{
    uint64_t word, all = 0;
    (void)escape;
    for (; in.len >= 8; in = rk_slice_from(in, 8)) {
        memcpy(&word, in.ptr, 8);
        if (is_clean(word)) {
            memcpy(out, &word, 8);
            out += 8;
            all |= word;
        } else {
            out = escape_by_byte(rk_slice_head(in, 8), out, high);
        }
    }
    *high |= (all & UINT64_C(0x8080808080808080)) != 0;
    return escape_by_byte(in, out, high);
}

#if defined(__x86_64__)

/* Sixteen bytes. */
__attribute__((target("ssse3"))) static inline uint8_t *
escape_block(const export_escape *escape, __m128i block, uint8_t *out, unsigned *high)
{
    __m128i backslash = _mm_set1_epi8('\\');
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
    __m128i marked =
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, backslash));
    unsigned marks = (unsigned)_mm_movemask_epi8(marked);
    *high |= (unsigned)_mm_movemask_epi8(block);
    if (_mm_movemask_epi8(control) != 0) {
        uint8_t bytes[16];
        _mm_storeu_si128((__m128i *)bytes, block);
        for (int i = 0; i < 16; i++)
            out = escape_one(bytes[i], out);
        return out;
    }
    if (marks == 0) {
        _mm_storeu_si128((__m128i *)out, block);
        return out + 16;
    }
    unsigned low = marks & 255, rest = marks >> 8;
    __m128i spread = _mm_loadu_si128((const __m128i *)escape->spread[low]);
    _mm_storeu_si128((__m128i *)out, _mm_shuffle_epi8(_mm_unpacklo_epi64(block, backslash), spread));
    out += escape->length[low];
    spread = _mm_loadu_si128((const __m128i *)escape->spread[rest]);
    _mm_storeu_si128((__m128i *)out, _mm_shuffle_epi8(_mm_unpackhi_epi64(block, backslash), spread));
    return out + escape->length[rest];
}

__attribute__((target("ssse3"))) static uint8_t *escape_by_blocks(const export_escape *escape, rk_slice in,
                                                                  uint8_t *out, bool *high)
{
    unsigned tops = 0;
    size_t at = 0;
    for (; in.len - at >= 16; at += 16)
        out = escape_block(escape, _mm_loadu_si128((const __m128i *)(in.ptr + at)), out, &tops);
    size_t left = in.len - at;
    if (left > 0) { /* the last bytes, and spaces that are taken back */
        uint8_t last[16];
        memset(last, ' ', sizeof last);
        memcpy(last, in.ptr + at, left);
        out = escape_block(escape, _mm_loadu_si128((const __m128i *)last), out, &tops) - (16 - left);
    }
    *high |= tops != 0;
    return out;
}

static escape_bytes *best_way(void)
{
    return __builtin_cpu_supports("ssse3") ? escape_by_blocks : escape_by_words;
}

#else

static escape_bytes *best_way(void)
{
    return escape_by_words;
}

#endif

export_escape *export_escape_new(void)
{
    export_escape *e = rk_alloc(sizeof *e);
    if (!e)
        return NULL;
    e->run = best_way();
    for (unsigned marks = 0; marks < 256; marks++) {
        uint8_t *to = e->spread[marks];
        for (uint8_t i = 0; i < 8; i++) {
            if (marks >> i & 1)
                *to++ = 8;
            *to++ = i;
        }
        e->length[marks] = (uint8_t)(to - e->spread[marks]);
    }
    return e;
}

void export_escape_plainly(export_escape *escape)
{
    escape->run = escape_by_words;
}

static void write_base64(export_out *out, rk_slice bytes)
{
    export_out_text(out, "{\"b64\":\"");
    export_out_base64(out, bytes);
    export_out_text(out, "\"}");
}

/* A string that is too long to be taken back: it is looked at first, then written in parts. */
static void write_long(export_out *out, rk_slice bytes)
{
    bool high = false;
    if (!rk_slice_utf8(bytes)) {
        write_base64(out, bytes);
        return;
    }
    export_out_byte(out, '"');
    for (; bytes.len > 0; bytes = rk_slice_from(bytes, AT_ONCE_MOST)) {
        uint8_t *at = export_out_room(out, ESCAPED_MOST * AT_ONCE_MOST + SLACK);
        export_out_took(out, out->escape->run(out->escape, rk_slice_head(bytes, AT_ONCE_MOST), at, &high));
    }
    export_out_byte(out, '"');
}

void export_json_bytes(export_out *out, rk_slice bytes)
{
    bool high = false;
    if (bytes.len > AT_ONCE_MOST) {
        write_long(out, bytes);
        return;
    }
    uint8_t *at = export_out_room(out, ESCAPED_MOST * bytes.len + SLACK + 2);
    *at = '"';
    uint8_t *end = out->escape->run(out->escape, bytes, at + 1, &high);
    if (high && !rk_slice_utf8(bytes)) {
        write_base64(out, bytes);
        return;
    }
    *end = '"';
    export_out_took(out, end + 1);
}

void export_json_id(export_out *out, rk_stream_id id)
{
    export_out_byte(out, '"');
    export_out_u64(out, id.ms);
    export_out_byte(out, '-');
    export_out_u64(out, id.seq);
    export_out_byte(out, '"');
}
