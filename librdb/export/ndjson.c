/* ndjson: a key as a JSON object, a line each; and the same lines as one array. */
#include "run.h"

static void write_member(export_out *out, const char *head, const char *word)
{
    export_out_text(out, head);
    export_out_byte(out, '"');
    export_out_text(out, word);
    export_out_byte(out, '"');
}

/* What stands beside the value. */
static bool write_attributes(rk_export *run, const rk_key *key, rk_err *err)
{
    export_out *out = &run->out;
    write_member(out, ",\"type\":", rk_type_name(key->type));
    write_member(out, ",\"encoding\":", key->encoding);
    export_out_text(out, ",\"expire_ms\":");
    export_json_i64_or_null(out, key->expire_ms != RK_NO_EXPIRY, key->expire_ms);
    if (key->idle_s >= 0) {
        export_out_text(out, ",\"idle_s\":");
        export_out_i64(out, key->idle_s);
    }
    if (key->frequency >= 0) {
        export_out_text(out, ",\"freq\":");
        export_out_i64(out, key->frequency);
    }
    if (key->meta_classes == 0)
        return true;
    export_out_text(out, ",\"key_meta\":");
    return export_json_key_meta(run, key, err);
}

/* The object; when its value cannot be read it stays open. */
static bool write_object(rk_export *run, const rk_key *key, rk_err *err)
{
    export_out *out = &run->out;
    export_out_text(out, "{\"db\":");
    export_out_u64(out, key->db);
    export_out_text(out, ",\"key\":");
    export_json_bytes(out, export_name(run, key));
    if (!write_attributes(run, key, err))
        return false;
    export_out_text(out, ",\"value\":");
    if (!export_json_value(run, key, err))
        return false;
    export_out_byte(out, '}');
    return true;
}

static bool write_line(rk_export *run, const rk_key *key, rk_err *err)
{
    bool ok = write_object(run, key, err);
    export_out_byte(&run->out, '\n'); /* what could not be written to its end has a line of its own, too */
    return ok;
}

const export_format export_ndjson = { NULL, write_line, NULL };

static bool write_item(rk_export *run, const rk_key *key, rk_err *err)
{
    export_out_text(&run->out, run->keys == 0 ? "[\n" : ",\n");
    return write_object(run, key, err);
}

static void finish_array(rk_export *run)
{
    export_out_text(&run->out, run->keys == 0 ? "[]\n" : "\n]\n");
}

const export_format export_json = { NULL, write_item, finish_array };
