/* probe: bytes at any offset, within a credit; lengths and strings in the forms that servers choose (spec: RDB,
 * "Length encoding", "String encoding"). */
#include "probe.h"

enum {
    NEAR_SIZE = 256 * 1024,
    NEAR_LEAST = 32 * 1024, /* bytes at hand for whoever goes offset by offset */
    FIRST_CREDIT = 200 * 1000 * 1000,
    EARNED_A_BYTE = 60,
    COST_FAR = 1000,
    DECODED_MOST = 16 * 1024 * 1024,
    TEXT_LOOK = 2048, /* bytes of a string that are looked at for control bytes */
    LZF_LEAST = 20,   /* servers compress what is longer ... */
    LZF_SAVES = 4     /* ... and keep it when it saves so much */
};

rk_probe *rk_probe_of(rk_rdb *second, rk_err *err)
{
    if (second->probe)
        return second->probe;
    rk_probe *p = rk_alloc(sizeof *p);
    if (!p) {
        rk_no_memory(err);
        return NULL;
    }
    p->rdb = second;
    p->size = rk_source_size(second->source);
    p->credit = FIRST_CREDIT;
    p->near.bytes = rk_alloc(NEAR_SIZE);
    bool ok = p->near.bytes;
    for (unsigned i = 0; i < PROBE_FAR_COUNT; i++)
        ok &= (p->far[i].bytes = rk_alloc(PROBE_FAR_SIZE)) != NULL;
    for (unsigned byte = 0; byte < 256; byte++)
        p->begins[byte] = byte < 34 ? rdb_value_type_of(second, (uint8_t)byte) != NULL : byte > 241;
    p->begins[246] = false; /* of release candidates only, and too easily met */
    if (ok)
        return second->probe = p;
    rdb_probe_close(p);
    rk_no_memory(err);
    return NULL;
}

void rdb_probe_close(rk_probe *p)
{
    if (!p)
        return;
    rk_free(p->near.bytes);
    for (unsigned i = 0; i < PROBE_FAR_COUNT; i++)
        rk_free(p->far[i].bytes);
    rk_buf_free(&p->stored);
    rk_buf_free(&p->text);
    rk_free(p);
}

bool rk_probe_ok(const rk_probe *p, rk_err *err)
{
    if (p->err.code != RK_OK)
        *err = p->err;
    return p->err.code == RK_OK;
}

bool rk_probe_is_valkey(const rk_probe *p)
{
    return p->rdb->header.valkey;
}

bool rk_probe_begins(const rk_probe *p, uint8_t byte)
{
    return p->begins[byte];
}

bool rdb_probe_charge(rk_probe *p, uint64_t cost)
{
    p->credit -= (int64_t)cost;
    return p->credit >= 0;
}

void rk_probe_earn(rk_probe *p, uint64_t passed)
{
    if (p->credit < 0)
        p->credit += (int64_t)(passed * EARNED_A_BYTE);
    else if (p->credit < FIRST_CREDIT)
        p->credit += (int64_t)(passed * EARNED_A_BYTE / 2);
}

/* ---- bytes ---- */

static void load(rk_probe *p, probe_page *page, uint64_t offset, size_t cap)
{
    size_t got = 1;
    page->base = offset;
    page->len = 0;
    while (page->len < cap && got > 0) {
        if (!rk_source_read_at(p->rdb->source, offset + page->len, page->bytes + page->len, cap - page->len,
                               &got, &p->err))
            return;
        page->len += got;
    }
}

static const uint8_t *in_page(const probe_page *page, uint64_t offset, size_t n)
{
    bool inside =
        offset >= page->base && offset - page->base <= page->len && n <= page->len - (offset - page->base);
    return inside ? page->bytes + (offset - page->base) : NULL;
}

rk_slice rk_probe_bytes(rk_probe *p, uint64_t offset)
{
    const uint8_t *at = in_page(&p->near, offset, NEAR_LEAST);
    if (!at && offset < p->size) {
        load(p, &p->near, offset, NEAR_SIZE);
        at = p->near.bytes;
    }
    return at ? (rk_slice){ at, p->near.len - (size_t)(offset - p->near.base) } : RK_EMPTY;
}

const uint8_t *rdb_probe_at(rk_probe *p, uint64_t offset, size_t n)
{
    const uint8_t *at = in_page(&p->near, offset, n);
    if (at)
        return at;
    if (offset > p->size || n > p->size - offset)
        return NULL;
    for (unsigned i = 0; i < PROBE_FAR_COUNT; i++)
        if ((at = in_page(&p->far[i], offset, n)) != NULL)
            return at;
    if (!rdb_probe_charge(p, COST_FAR))
        return NULL;
    probe_page *page = &p->far[p->far_next++ % PROBE_FAR_COUNT];
    load(p, page, offset, PROBE_FAR_SIZE);
    return in_page(page, offset, n);
}

/* ---- lengths and strings ---- */

static uint64_t big_endian(const uint8_t *at, unsigned n)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++)
        value = value << 8 | at[i];
    return value;
}

bool rdb_probe_len(rk_probe *p, uint64_t *offset, uint64_t *len)
{
    const uint8_t *at = rdb_probe_at(p, *offset, 1);
    if (!at || at[0] > 0x81)
        return false;
    unsigned more = at[0] < 0x40 ? 0 : at[0] < 0x80 ? 1 : at[0] == 0x80 ? 4 : 8;
    *len = at[0] & 63;
    if (more > 0) {
        if (!(at = rdb_probe_at(p, *offset, 1 + more)))
            return false;
        *len = more == 1 ? *len << 8 | at[1] : big_endian(at + 1, more);
    }
    *offset += 1 + more;
    return *len >= (more == 0 ? 0 : more == 1 ? 64 : more == 4 ? 16384 : UINT64_C(1) << 32);
}

/* The integer forms: 1, 2 or 4 bytes, no more than the number needs. */
static bool probe_integer(rk_probe *p, unsigned form, probe_str *str)
{
    unsigned width = 1u << form;
    const uint8_t *at = rdb_probe_at(p, str->content, width);
    if (!at)
        return false;
    int64_t value = width == 1   ? (int8_t)at[0]
                    : width == 2 ? (int16_t)(at[0] | at[1] << 8)
                                 : (int32_t)(at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24);
    int64_t least = width == 1 ? 0 : width == 2 ? 128 : 32768;
    str->form = RK_STR_INT;
    str->stored = width;
    str->len = 1;
    return width == 1 || value >= least || value < -least;
}

static bool probe_lzf(rk_probe *p, probe_str *str)
{
    if (!rdb_probe_len(p, &str->content, &str->stored) || !rdb_probe_len(p, &str->content, &str->len))
        return false;
    str->form = RK_STR_LZF;
    return str->stored > 0 && str->len > LZF_LEAST && str->stored < str->len &&
           str->len - str->stored >= LZF_SAVES && str->len <= rk_lzf_most(str->stored);
}

bool rdb_probe_str(rk_probe *p, uint64_t offset, probe_str *str)
{
    const uint8_t *at = rdb_probe_at(p, offset, 1);
    if (!at)
        return false;
    *str = (probe_str){ .form = RK_STR_RAW, .offset = offset, .content = offset };
    if (at[0] >= 0xc0) {
        str->content++;
        if (at[0] > 0xc3 || !(at[0] == 0xc3 ? probe_lzf(p, str) : probe_integer(p, at[0] & 3, str)))
            return false;
    } else {
        if (!rdb_probe_len(p, &str->content, &str->len))
            return false;
        str->stored = str->len;
    }
    str->next = str->content + str->stored;
    return str->content <= p->size && str->stored <= p->size - str->content;
}

/* The stored bytes of a string in one piece. */
static bool stored_bytes(rk_probe *p, const probe_str *str, rk_slice *bytes)
{
    const uint8_t *at = in_page(&p->near, str->content, (size_t)str->stored);
    size_t got = 1;
    if (at) {
        *bytes = (rk_slice){ at, (size_t)str->stored };
        return true;
    }
    if (!rdb_probe_charge(p, COST_FAR + str->stored / 2) ||
        !rk_buf_reserve(&p->stored, (size_t)str->stored, &p->err))
        return false;
    for (p->stored.len = 0; p->stored.len < str->stored && got > 0; p->stored.len += got)
        if (!rk_source_read_at(p->rdb->source, str->content + p->stored.len, p->stored.ptr + p->stored.len,
                               (size_t)str->stored - p->stored.len, &got, &p->err))
            return false;
    *bytes = rk_buf_slice(&p->stored);
    return p->stored.len == str->stored;
}

bool rdb_probe_decoded(rk_probe *p, const probe_str *str, rk_slice *bytes, bool *affordable)
{
    rk_err ignored = { 0 };
    uint64_t cost = str->form == RK_STR_LZF ? str->len : 0;
    *affordable = str->len <= DECODED_MOST && str->stored <= DECODED_MOST && rdb_probe_charge(p, cost);
    if (!*affordable || !stored_bytes(p, str, bytes))
        return false;
    if (str->form != RK_STR_LZF)
        return str->form == RK_STR_RAW;
    if (!rk_buf_reserve(&p->text, (size_t)str->len, &p->err) ||
        !rk_lzf_decode(*bytes, p->text.ptr, (size_t)str->len, 0, &ignored))
        return false;
    p->text.len = (size_t)str->len;
    *bytes = rk_buf_slice(&p->text);
    return true;
}

enum { CLEAN_STEP = 32 };

/* Are there control bytes among them? Without a branch, as this is most of the work where text is looked through. */
static inline bool has_control(const uint8_t *at, size_t n, uint8_t *high)
{
    uint8_t found = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = at[i];
        found |= (uint8_t)(((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r')) | (c == 0x7f));
        *high |= c & 0x80;
    }
    return found != 0;
}

static bool is_clean(rk_slice text)
{
    uint8_t high = 0;
    size_t i = 0;
    for (; text.len - i >= CLEAN_STEP; i += CLEAN_STEP)
        if (has_control(text.ptr + i, CLEAN_STEP, &high))
            return false;
    if (has_control(text.ptr + i, text.len - i, &high))
        return false;
    for (unsigned cut = 0; high && cut < 4 && cut < text.len; cut++) /* a character may be cut at the end */
        if (rk_slice_utf8(rk_slice_head(text, text.len - cut)))
            return true;
    return !high;
}

/* Printable characters are 2 in 5 of all bytes; yet bytes of text stand around in damaged files, too. */
static unsigned text_bits(uint64_t len, unsigned most)
{
    return len >= most ? most : (unsigned)len;
}

bool rdb_probe_content(rk_probe *p, const probe_str *str, unsigned most, unsigned *bits, bool *clean)
{
    rk_slice text = RK_EMPTY;
    bool affordable = true;
    *clean = true;
    *bits = most / 2;
    if (str->form == RK_STR_INT)
        return true;
    if (str->form == RK_STR_LZF) {
        if (!rdb_probe_decoded(p, str, &text, &affordable)) {
            *clean = false;
            return !affordable;
        }
        *clean = is_clean(rk_slice_head(text, TEXT_LOOK));
        *bits = *clean ? most : 0;
        return true;
    }
    size_t look = str->len < TEXT_LOOK ? (size_t)str->len : TEXT_LOOK;
    const uint8_t *at = rdb_probe_at(p, str->content, look);
    *clean = at && is_clean((rk_slice){ at, look });
    *bits = *clean ? text_bits(str->len, most) : 0;
    return true;
}
