/* render: what a reader tells as text, one record after the other, so that a test can say in a line what it
 * expects:
 *
 *     9: aux('redis-ver'='7.4.1')
 *     31: zset:'z'@1700000000000{'a'=1 'b'=2.5}
 *     80: end
 *     error: list item takes 9 bytes, 2 remain @77 */
#ifndef RDBKIT_TESTS_RENDER_H
#define RDBKIT_TESTS_RENDER_H

#include <stdio.h>

#include "rdbkit/rdb.h"

typedef struct {
    rk_buf text;
    rk_err err;   /* of the buffer itself */
    bool offsets; /* in front of every record */
    char between; /* records */
} render;

static inline void render_bytes(render *r, const char *before, rk_slice bytes)
{
    char shown[16384];
    rk_buf_printf(&r->text, &r->err, "%s'%s'", before, rk_slice_print(bytes, shown, sizeof shown));
}

static inline void render_id(render *r, const char *before, rk_stream_id id)
{
    rk_buf_printf(&r->text, &r->err, "%s%" PRIu64 "-%" PRIu64, before, id.ms, id.seq);
}

static inline void render_number(render *r, const char *before, uint64_t number)
{
    rk_buf_printf(&r->text, &r->err, "%s%" PRId64, before, (int64_t)number);
}

static inline void render_stream_element(render *r, const rk_element *e)
{
    switch (e->kind) {
    case RK_ELEMENT_STREAM:
        render_number(r, "length ", e->number);
        render_id(r, " last ", e->id);
        if (!e->has_counters)
            break;
        render_id(r, " first ", e->first);
        render_id(r, " deleted ", e->max_deleted);
        render_number(r, " added ", e->more[0]);
        break;
    case RK_ELEMENT_GROUP:
        render_bytes(r, "group ", e->item);
        render_id(r, " at ", e->id);
        if (e->has_counters)
            render_number(r, " read ", e->number);
        break;
    case RK_ELEMENT_PENDING:
        render_id(r, "pending ", e->id);
        render_number(r, " since ", (uint64_t)e->time_ms);
        render_number(r, " times ", e->number);
        break;
    case RK_ELEMENT_CONSUMER:
        render_bytes(r, "consumer ", e->item);
        render_number(r, " seen ", (uint64_t)e->time_ms);
        if (e->has_active)
            render_number(r, " active ", (uint64_t)e->active_ms);
        break;
    case RK_ELEMENT_OWNED:
        render_id(r, "owns ", e->id);
        break;
    case RK_ELEMENT_NACKED:
        render_id(r, "nacked ", e->id);
        break;
    case RK_ELEMENT_PRODUCER:
        render_bytes(r, "producer ", e->item);
        break;
    case RK_ELEMENT_IDEMPOTENT:
        render_bytes(r, "", e->item);
        render_id(r, "->", e->id);
        break;
    default:
        render_number(r, "idmp ", e->number);
        render_number(r, " s, ", e->number2);
        render_number(r, " at most, added ", e->more[0]);
        render_number(r, " duplicates ", e->more[1]);
    }
}

static inline void render_element(render *r, const rk_element *e)
{
    switch (e->kind) {
    case RK_ELEMENT_STRING:
    case RK_ELEMENT_ITEM:
    case RK_ELEMENT_MEMBER:
        render_bytes(r, "", e->item);
        break;
    case RK_ELEMENT_SCORED:
        render_bytes(r, "", e->item);
        rk_buf_printf(&r->text, &r->err, "=%.17g", e->score);
        break;
    case RK_ELEMENT_FIELD:
    case RK_ELEMENT_ENTRY_FIELD:
        render_bytes(r, "", e->item);
        render_bytes(r, "=", e->value);
        break;
    case RK_ELEMENT_PATH:
        render_bytes(r, "path ", e->item);
        break;
    case RK_ELEMENT_ENTRY:
        render_id(r, "entry ", e->id);
        render_number(r, " of ", e->number);
        break;
    case RK_ELEMENT_INDEXED:
        rk_buf_printf(&r->text, &r->err, "%" PRIu64, e->number);
        render_bytes(r, "=", e->item);
        break;
    case RK_ELEMENT_CURSOR:
        rk_buf_printf(&r->text, &r->err, "cursor %" PRIu64, e->number);
        break;
    case RK_ELEMENT_MODULE:
        render_bytes(r, "module ", e->item);
        render_number(r, " version ", e->number);
        break;
    case RK_ELEMENT_OPAQUE:
        render_number(r, "op ", e->number2);
        render_number(r, " ", e->number);
        render_bytes(r, " ", e->item);
        break;
    default:
        render_stream_element(r, e);
    }
    if (e->expire_ms != RK_NO_EXPIRY)
        render_number(r, "@", (uint64_t)e->expire_ms);
}

static inline void render_key(render *r, const rk_key *k)
{
    if (k->db)
        render_number(r, "db ", k->db);
    rk_buf_printf(&r->text, &r->err, "%s%s:", k->db ? " " : "", rk_type_name(k->type));
    render_bytes(r, "", k->name);
    if (k->expire_ms != RK_NO_EXPIRY)
        render_number(r, "@", (uint64_t)k->expire_ms);
    if (k->idle_s != -1)
        render_number(r, " idle ", (uint64_t)k->idle_s);
    if (k->frequency != -1)
        render_number(r, " frequency ", (uint64_t)k->frequency);
    if (k->meta_classes)
        rk_buf_printf(&r->text, &r->err, " meta %u of %zu bytes", k->meta_classes, k->meta.len);
}

static inline void render_record(render *r, const rk_record *rec)
{
    static const char *const names[] = {
        [RK_RECORD_AUX] = "aux",           [RK_RECORD_DB] = "db",
        [RK_RECORD_SIZES] = "sizes",       [RK_RECORD_SLOT] = "slot",
        [RK_RECORD_TEMPLATE] = "template", [RK_RECORD_VENDOR] = "vendor",
    };
    const uint64_t *n = rec->numbers;
    switch (rec->kind) {
    case RK_RECORD_AUX:
        render_bytes(r, "aux(", rec->name);
        render_bytes(r, "=", rec->value);
        break;
    case RK_RECORD_DB:
        render_number(r, "db(", rec->db);
        break;
    case RK_RECORD_FUNCTION:
        render_bytes(r, "function(", rec->value);
        if (rec->name.len) {
            render_bytes(r, " ", rec->name);
            render_bytes(r, " in ", rec->engine);
        }
        break;
    case RK_RECORD_MODULE_AUX:
        render_bytes(r, "module_aux(", rec->name);
        render_number(r, " version ", rec->version);
        render_number(r, " when ", n[0]);
        break;
    case RK_RECORD_SLOT_IMPORT:
        render_bytes(r, "slot_import(", rec->name);
        rk_buf_printf(&r->text, &r->err, " %" PRIu64 ": %" PRIu64 "-%" PRIu64, n[0], n[1], n[2]);
        break;
    case RK_RECORD_END:
        rk_buf_printf(&r->text, &r->err, n[0] ? "end, attributes pending" : "end");
        return;
    default:
        rk_buf_printf(&r->text, &r->err, "%s(%" PRIu64 ",%" PRIu64 ",%" PRIu64, names[rec->kind], n[0], n[1],
                      n[2]);
    }
    rk_buf_printf(&r->text, &r->err, ")");
}

/* Renders all that `source` holds; the values too when `decode`. *why is what stopped it; the caller frees
 * the text. */
static inline rk_buf render_source(rk_source *source, bool offsets, char between, bool decode, rk_err *why)
{
    render r = { .offsets = offsets, .between = between };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_element e;
    rk_rdb *rdb = rk_rdb_open(source, why);
    while (rdb && rec.kind != RK_RECORD_END && why->code == RK_OK && rk_rdb_next(rdb, &rec, why)) {
        if (r.text.len)
            rk_buf_printf(&r.text, &r.err, "%c", between);
        if (offsets)
            rk_buf_printf(&r.text, &r.err, "%" PRIu64 ": ",
                          rec.kind == RK_RECORD_KEY ? rec.key.offset : rec.offset);
        if (rec.kind != RK_RECORD_KEY) {
            render_record(&r, &rec);
            continue;
        }
        render_key(&r, &rec.key);
        rk_buf_printf(&r.text, &r.err, "{");
        for (bool first = true; decode && rk_rdb_element(rdb, &e, why); first = false) {
            rk_buf_printf(&r.text, &r.err, "%s", first ? "" : " ");
            render_element(&r, &e);
        }
        rk_buf_printf(&r.text, &r.err, "}");
    }
    if (why->code == RK_OK && rdb) {
        uint64_t trailing = rk_rdb_trailing(rdb, why);
        if (trailing)
            rk_buf_printf(&r.text, &r.err, " and %" PRIu64 " bytes", trailing);
    }
    if (why->code != RK_OK) {
        rk_buf_printf(&r.text, &r.err, "%.*serror: %s", r.text.len > 0, &between, why->what);
        if (why->has_offset)
            rk_buf_printf(&r.text, &r.err, " @%" PRIu64, why->offset);
    }
    rk_rdb_close(rdb);
    return r.text;
}

#endif
