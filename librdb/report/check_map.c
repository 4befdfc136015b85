/* check_map: the damage map of a snapshot as JSON, in a file of its own. */
#include "check_json.h"

enum { FLAGS = JSON_COMPACT };

typedef struct {
    rk_sink *sink;
    rk_err *err;
} map_out;

static int to_sink(const char *bytes, size_t len, void *self)
{
    map_out *out = self;
    return rk_sink_write(out->sink, (rk_slice){ (const uint8_t *)bytes, len }, out->err) ? 0 : -1;
}

static bool put_text(map_out *out, const char *text)
{
    return to_sink(text, strlen(text), out) == 0;
}

/* Writes `json`, which may be NULL for want of memory, and forgets it. */
static bool put(map_out *out, json_t *json, const char *before, size_t flags)
{
    bool ok = json && put_text(out, before) && json_dump_callback(json, to_sink, out, FLAGS | flags) == 0;
    json_decref(json);
    return ok || rk_no_memory(out->err); /* a failure of the sink is kept: it came first */
}

static json_t *span(const rk_span *s)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "kind", rk_span_kind_name(s->kind),
                     "from", rk_json_out_count(s->from), "to", rk_json_out_count(s->to), "db",
                     rk_json_out_count(s->db), "db_known", s->db_known, "suspect", s->suspect, "keys",
                     rk_json_out_count(s->keys), "count", rk_json_out_count(s->count), "key",
                     s->key == SIZE_MAX ? json_null() : rk_json_out_count(s->key));
}

static json_t *damaged_key(const rk_damaged_key *k)
{
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "db", rk_json_out_count(k->db), "key",
                     rk_json_out_text(k->name), "type", rk_type_name(k->type), "encoding", k->encoding,
                     "begin", rk_json_out_count(k->begin), "announced", rk_json_out_count(k->announced),
                     "pieces", rk_json_out_count(k->pieces));
}

static bool put_map(map_out *out, const rk_check *check, const char *path)
{
    const rk_span *s;
    const rk_damaged_key *k;
    bool ok = put(out, json_pack("{s:s, s:o}", "schema", "rdbkit.map/1", "path", rk_json_out_string(path)),
                  "{", JSON_EMBED) &&
              put_text(out, ",\"spans\":[");
    for (size_t i = 0; ok && (s = rk_check_span(check, i)) != NULL; i++)
        ok = put(out, span(s), i ? ",\n" : "\n", 0);
    ok = ok && put_text(out, "],\"damaged_keys\":[");
    for (size_t i = 0; ok && (k = rk_check_damaged(check, i)) != NULL; i++)
        ok = put(out, damaged_key(k), i ? ",\n" : "\n", 0);
    return ok && put_text(out, "]}\n");
}

bool rk_check_report_map(const rk_checked_file *file, const char *path, bool force, rk_err *err)
{
    map_out out = { .sink = rk_check_sink(file->check, path, force, err), .err = err };
    bool ok = out.sink && put_map(&out, file->check, file->path) && rk_sink_commit(out.sink, err);
    rk_sink_close(out.sink);
    return ok;
}
