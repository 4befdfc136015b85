/* probe_value: what stands behind a key: packed encodings, decoded to their end, are proof; many plain strings are
 * little, however many they are (spec: RDB, "Value types"). */
#include "probe.h"

#include <math.h>

enum {
    WEAK_MOST = 16,   /* what plain elements weigh together */
    STRING_MOST = 6,  /* what a string weighs */
    ELEMENT_MOST = 4, /* and each of them */
    COST_ELEMENT = 12,
    COST_READER = 3000,
    PLAIN_NODES_LOOK = 16,
    MASTER_ID = 16
};

/* ---- plain elements ---- */

/* What n elements of a plain value consist of. */
typedef struct {
    bool expiry;      /* a length in front: the field's expiry */
    unsigned strings; /* 1 or 2 */
    char tail;        /* 0; 't' a score as text; 'd' one of 8 bytes; 'm' an expiry of 8 bytes */
    bool once;        /* strings are members or fields: the empty one at most once */
} element_form;

static bool text_score(rk_probe *p, uint64_t *offset, unsigned *bits)
{
    double score;
    const uint8_t *at = rdb_probe_at(p, *offset, 1);
    if (!at || *at == 0 || (*at > 40 && *at < 254))
        return false;
    size_t n = *at < 254 ? *at : 0;
    if (n > 0 && (!(at = rdb_probe_at(p, *offset + 1, n)) || !rk_slice_double((rk_slice){ at, n }, &score)))
        return false;
    *bits += 8;
    *offset += 1 + n;
    return true;
}

/* A score of a likely size; most bytes that came by chance are of no such size. */
static bool binary_score(rk_probe *p, uint64_t *offset, unsigned *bits)
{
    double score;
    const uint8_t *at = rdb_probe_at(p, *offset, 8);
    if (!at)
        return false;
    memcpy(&score, at, 8);
    *offset += 8;
    double size = fabs(score);
    *bits += size == 0 ? 1 : (size > 1e-7 && size < 1e17) ? 4 : 0;
    return !isnan(score);
}

static bool field_expiry(rk_probe *p, uint64_t *offset, unsigned *bits)
{
    const uint8_t *at = rdb_probe_at(p, *offset, 8);
    uint64_t value;
    if (!at)
        return false;
    memcpy(&value, at, 8);
    *offset += 8;
    *bits += 16;
    return value == UINT64_MAX || value >> 48 == 0;
}

/* One element at *offset. *empty counts empty strings that may come once only. */
static bool element(rk_probe *p, element_form form, uint64_t *offset, unsigned *bits, unsigned *empty)
{
    uint64_t ttl = 0;
    if (form.expiry && (!rdb_probe_len(p, offset, &ttl) || ttl >> 49))
        return false;
    for (unsigned i = 0; i < form.strings; i++) {
        probe_str str;
        unsigned content;
        bool clean;
        if (!rdb_probe_str(p, *offset, &str) || !rdb_probe_content(p, &str, ELEMENT_MOST, &content, &clean))
            return false;
        *empty += form.once && i == 0 && str.len == 0;
        *bits += content;
        *offset = str.next;
    }
    switch (form.tail) {
    case 't':
        return text_score(p, offset, bits);
    case 'd':
        return binary_score(p, offset, bits);
    case 'm':
        return field_expiry(p, offset, bits);
    default:
        return true;
    }
}

static bool elements(rk_probe *p, element_form form, uint64_t offset, rk_look *look)
{
    uint64_t count = 0;
    unsigned bits = 0, empty = 0;
    if (!rdb_probe_len(p, &offset, &count) || count == 0 || count > p->size)
        return false;
    for (; count > 0; count--)
        if (!rdb_probe_charge(p, COST_ELEMENT) || !element(p, form, &offset, &bits, &empty) || empty > 1)
            return false;
    look->bits += bits < WEAK_MOST ? bits : WEAK_MOST;
    look->next = offset;
    return true;
}

/* The form of the elements of a type, or strings == 0: it has no plain ones. */
static element_form form_of(const rk_probe *p, uint8_t type_byte)
{
    static const element_form forms[] = {
        [1] = { .strings = 1 },
        [2] = { .strings = 1, .once = true },
        [3] = { .strings = 1, .once = true, .tail = 't' },
        [4] = { .strings = 2, .once = true },
        [5] = { .strings = 1, .once = true, .tail = 'd' },
    };
    static const element_form with_ttl = { .expiry = true, .strings = 2, .once = true };
    static const element_form of_valkey = { .strings = 2, .once = true, .tail = 'm' };
    if (type_byte < sizeof forms / sizeof forms[0])
        return forms[type_byte];
    if (type_byte == 22 && p->rdb->header.valkey)
        return of_valkey;
    return type_byte == 22 || (type_byte == 24 && !p->rdb->header.valkey) ? with_ttl : (element_form){ 0 };
}

/* ---- nodes ---- */

/* A node of a quicklist 2: its container, then one item or a listpack. */
static bool node_2(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str str;
    unsigned content = 0;
    bool clean;
    const uint8_t *at = rdb_probe_at(p, offset, 1);
    if (!at || (*at != 1 && *at != 2))
        return false;
    if (*at == 2)
        return rdb_probe_packed(p, offset + 1, false, 1, look);
    if (!rdb_probe_str(p, offset + 1, &str) || !rdb_probe_content(p, &str, ELEMENT_MOST, &content, &clean))
        return false;
    look->bits += 4 + content;
    look->next = str.next;
    return true;
}

static bool quicklist(rk_probe *p, bool with_container, uint64_t offset, rk_look *look)
{
    uint64_t count = 0;
    unsigned before = look->bits;
    if (!rdb_probe_len(p, &offset, &count) || count == 0 || count > p->size)
        return false;
    for (uint64_t i = 0; i < count && i < PLAIN_NODES_LOOK; i++) {
        if (with_container ? !node_2(p, offset, look) : !rdb_probe_packed(p, offset, true, 1, look))
            return false;
        if (look->bits >= RK_PROOF + before) {
            look->next = 0;
            return true;
        }
        offset = look->next;
    }
    if (look->bits > before + WEAK_MOST)
        look->bits = before + WEAK_MOST;
    look->next = count <= PLAIN_NODES_LOOK ? offset : 0;
    return count <= PLAIN_NODES_LOOK;
}

/* A node of a stream: the id of its master entry and a listpack. */
static bool stream_node(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str id;
    return rdb_probe_str(p, offset, &id) && id.form != RK_STR_INT && id.len == MASTER_ID &&
           rdb_probe_packed(p, id.next, false, 1, look);
}

/* ---- what is rare is left to the reader ---- */

static bool by_reader(rk_probe *p, uint64_t type_offset, unsigned bits, rk_look *look)
{
    rk_err err = { 0 };
    rk_record record;
    rk_rdb *rdb = p->rdb;
    if (!rdb_probe_charge(p, COST_READER))
        return false;
    bool ok = rk_rdb_seek_key(rdb, type_offset, &record, &err) && rdb->type->skip(rdb, &err) &&
              rdb->bad.code == RK_OK;
    look->next = rk_window_offset(&rdb->win);
    look->bits += bits;
    rdb->type = NULL;
    if (err.code == RK_IO || err.code == RK_NO_MEMORY)
        p->err = err;
    rdb_probe_charge(p, (look->next - type_offset) / 4);
    return ok;
}

bool rdb_probe_skip_value(rk_probe *p, uint64_t type_offset, rk_look *look)
{
    return by_reader(p, type_offset, 0, look);
}

/* Each template, producer, index ... weighs; what one can be sure of is little. */
enum { BITS_STREAM_WITHOUT_NODES = 6, BITS_MODULE = 12, BITS_OTHER = 4 };

static bool stream(rk_probe *p, uint64_t type_offset, uint64_t offset, rk_look *look)
{
    uint64_t nodes = 0;
    if (!rdb_probe_len(p, &offset, &nodes))
        return false;
    if (nodes == 0)
        return by_reader(p, type_offset, BITS_STREAM_WITHOUT_NODES, look);
    bool ok = stream_node(p, offset, look);
    look->next = 0;
    return ok;
}

/* A hash of a listpack, with the smallest expiry in front of it where it has that. */
static bool listpack_ex(rk_probe *p, bool with_minimum, uint64_t offset, rk_look *look)
{
    const uint8_t *at = with_minimum ? rdb_probe_at(p, offset, 8) : NULL;
    if (with_minimum && (!at || at[7] || (at[6] > 1)))
        return false;
    return rdb_probe_packed(p, offset + (with_minimum ? 8 : 0), false, 3, look);
}

static bool string(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str str;
    unsigned content;
    bool clean;
    if (!rdb_probe_str(p, offset, &str) || !rdb_probe_content(p, &str, STRING_MOST, &content, &clean))
        return false;
    look->bits += content;
    look->next = str.next;
    return true;
}

static bool hash_with_ttl(rk_probe *p, uint64_t offset, rk_look *look)
{
    const uint8_t *at = rdb_probe_at(p, offset, 8);
    return at && !at[7] && at[6] < 2 &&
           elements(p, (element_form){ .expiry = true, .strings = 2, .once = true }, offset + 8, look);
}

bool rdb_probe_value(rk_probe *p, uint8_t type_byte, uint64_t type_offset, uint64_t offset, rk_look *look)
{
    bool valkey = p->rdb->header.valkey;
    switch (type_byte) {
    case 0:
        return string(p, offset, look);
    case 9:
        return rdb_probe_zipmap(p, offset, look);
    case 11:
        return rdb_probe_intset(p, offset, look);
    case 10:
    case 12:
    case 13:
        return rdb_probe_packed(p, offset, true, type_byte == 10 ? 1 : 2, look);
    case 14:
    case 18:
        return quicklist(p, type_byte == 18, offset, look);
    case 16:
    case 17:
    case 20:
        return rdb_probe_packed(p, offset, false, type_byte == 20 ? 1 : 2, look);
    case 15:
    case 19:
    case 21:
    case 26:
    case 27:
        return stream(p, type_offset, offset, look);
    case 23:
    case 25:
        if (valkey)
            break;
        return listpack_ex(p, type_byte == 25, offset, look);
    case 24:
        return hash_with_ttl(p, offset, look);
    case 7:
        return by_reader(p, type_offset, BITS_MODULE, look);
    default:
        break;
    }
    element_form form = form_of(p, type_byte);
    return form.strings ? elements(p, form, offset, look) : by_reader(p, type_offset, BITS_OTHER, look);
}

bool rk_probe_piece(rk_probe *p, uint8_t type_byte, uint64_t offset, rk_look *look)
{
    unsigned bits = 0, empty = 0;
    *look = (rk_look){ 0 };
    element_form form = form_of(p, type_byte);
    switch (type_byte) {
    case 14:
        return rdb_probe_packed(p, offset, true, 1, look);
    case 18:
        return node_2(p, offset, look);
    case 15:
    case 19:
    case 21:
    case 26:
    case 27:
        return stream_node(p, offset, look);
    default:
        if (!form.strings || !rdb_probe_charge(p, COST_ELEMENT) || !element(p, form, &offset, &bits, &empty))
            return false;
        look->bits = bits;
        look->next = offset;
        return true;
    }
}
