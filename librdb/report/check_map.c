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

static bool put_snapshot(map_out *out, const rk_check *check)
{
    const rk_span *s;
    const rk_damaged_key *k;
    bool ok = put_text(out, "\"spans\":[");
    for (size_t i = 0; ok && (s = rk_check_span(check, i)) != NULL; i++)
        ok = put(out, span(s), i ? ",\n" : "\n", 0);
    ok = ok && put_text(out, "],\"damaged_keys\":[");
    for (size_t i = 0; ok && (k = rk_check_damaged(check, i)) != NULL; i++)
        ok = put(out, damaged_key(k), i ? ",\n" : "\n", 0);
    return ok && put_text(out, "]");
}

static bool put_part(map_out *out, const rk_aofcheck *aof, size_t part, const rk_aof_part *p)
{
    const rk_aof_span *s;
    json_t *head = json_pack("{s:o, s:s, s:o, s:o}", "path", rk_json_out_string(p->path), "standing",
                             rk_part_kind_name(p->kind), "size", rk_json_out_count(p->size), "commands_begin",
                             rk_json_out_count(p->begin));
    bool ok = put(out, head, part ? ",\n{" : "\n{", JSON_EMBED) && put_text(out, ",\"head\":");
    ok = ok && (p->head ? put_text(out, "{") && put_snapshot(out, p->head) && put_text(out, "}")
                        : put_text(out, "null"));
    ok = ok && put_text(out, ",\"spans\":[");
    for (size_t i = 0; ok && (s = rk_aofcheck_span(aof, part, i)) != NULL; i++)
        ok = put(out,
                 json_pack("{s:s, s:o, s:o, s:o}", "kind", rk_span_kind_name(s->kind), "from",
                           rk_json_out_count(s->from), "to", rk_json_out_count(s->to), "commands",
                           rk_json_out_count(s->commands)),
                 i ? ",\n" : "\n", 0);
    return ok && put_text(out, "]}");
}

static bool put_parts(map_out *out, const rk_aofcheck *aof)
{
    const rk_aof_part *part;
    bool ok = put_text(out, "\"parts\":[");
    for (size_t i = 0; ok && (part = rk_aofcheck_part(aof, i)) != NULL; i++)
        ok = put_part(out, aof, i, part);
    return ok && put_text(out, "]");
}

bool rk_check_report_map(const rk_checked_file *file, const char *path, bool force, rk_err *err)
{
    map_out out = { .sink = file->aof ? rk_aofcheck_sink(file->aof, path, force, err)
                                      : rk_check_sink(file->check, path, force, err),
                    .err = err };
    json_t *head = json_pack("{s:s, s:o}", "schema", "rdbkit.map/1", "path", rk_json_out_string(file->path));
    bool ok = out.sink != NULL;
    if (!ok)
        json_decref(head);
    ok = ok && put(&out, head, "{", JSON_EMBED) && put_text(&out, ",") &&
         (file->aof ? put_parts(&out, file->aof) : put_snapshot(&out, file->check)) &&
         put_text(&out, "}\n") && rk_sink_commit(out.sink, err);
    rk_sink_close(out.sink);
    return ok;
}
