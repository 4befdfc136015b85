/* explain_json: annotated bytes as one JSON object (schema "rdbkit.explain/1"). */
#include "json_out.h"
#include "rdbkit/check_report.h"

enum { BYTES_MOST = 64 };

/* The first bytes of an item, in hexadecimal. */
static json_t *bytes_of(const rk_explain *explain, const rk_explained *item)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[BYTES_MOST];
    char text[2 * BYTES_MOST + 1];
    size_t got = rk_explain_bytes(explain, item, 0, bytes, sizeof bytes);
    for (size_t i = 0; i < got; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return json_stringn(text, 2 * got);
}

static json_t *item_json(const rk_explain *explain, const rk_explained *item)
{
    return json_pack("{s:o, s:o, s:i, s:b, s:o, s:o, s:b, s:b, s:b, s:o, s:o}", "offset",
                     rk_json_out_count(item->offset), "length", rk_json_out_count(item->len), "depth",
                     (int)item->depth, "decoded", item->decoded, "inner",
                     item->decoded ? rk_json_out_count(item->inner) : json_null(), "inner_length",
                     item->decoded ? rk_json_out_count(item->inner_len) : json_null(), "holds", item->holds,
                     "has_parts", item->has_parts, "error", item->error, "bytes",
                     item->has_parts || item->error ? json_null() : bytes_of(explain, item), "text",
                     rk_json_out_string(item->text));
}

static json_t *items_json(const rk_explain *explain)
{
    json_t *items = json_array();
    const rk_explained *item;
    for (size_t i = 0; items && (item = rk_explain_item(explain, i)) != NULL; i++)
        if (json_array_append_new(items, item_json(explain, item)) != 0) {
            json_decref(items);
            return NULL;
        }
    return items;
}

static json_t *record_json(const rk_explained_place *p)
{
    if (!p->in_record)
        return json_null();
    if (!p->has_key)
        return json_pack("{s:s, s:o, s:o}", "kind", p->record, "begin", rk_json_out_count(p->begin), "end",
                         rk_json_out_count(p->end));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "kind", p->record, "begin",
                     rk_json_out_count(p->begin), "end", rk_json_out_count(p->end), "db",
                     rk_json_out_count(p->db), "key", rk_json_out_text(p->key), "type", rk_type_name(p->type),
                     "encoding", p->encoding);
}

bool rk_check_report_explain_json(const rk_explain *explain, FILE *out, rk_err *err)
{
    const rk_explained_place *p = rk_explain_where(explain);
    json_t *all = json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "schema", "rdbkit.explain/1", "tool",
        "rdbcheck", "version", RDBKIT_VERSION, "path", rk_json_out_string(p->path), "packing", p->packing,
        "offset", rk_json_out_count(p->offset), "size", rk_json_out_count(p->size), "record", record_json(p),
        "error", rk_json_out_error(&p->damage), "items", items_json(explain));
    return rk_json_out_dump(all, false, out, err);
}
