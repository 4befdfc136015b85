/* value: the value of a key as JSON, by its type; here are the types that come in the order of the file. */
#include "run.h"

static bool write_string(rk_export *run, rk_err *err)
{
    rk_element e;
    if (export_element(run, &e, err))
        export_json_bytes(&run->out, e.item);
    return err->code == RK_OK;
}

static bool write_list(rk_export *run, rk_err *err)
{
    rk_element e;
    char before = '[';
    while (export_element(run, &e, err)) {
        export_out_byte(&run->out, before);
        export_json_bytes(&run->out, e.item);
        before = ',';
    }
    export_out_text(&run->out, before == '[' ? "[]" : "]");
    return err->code == RK_OK;
}

bool export_json_array(rk_export *run, rk_err *err)
{
    rk_element e;
    bool has_cursor = false;
    uint64_t cursor = 0;
    const char *before = "[\"";
    export_out_text(&run->out, "{\"items\":[");
    before = "[\"";
    while (export_element(run, &e, err)) {
        if (e.kind == RK_ELEMENT_CURSOR) {
            has_cursor = true;
            cursor = e.number;
            continue;
        }
        export_out_text(&run->out, before);
        export_out_u64(&run->out, e.number);
        export_out_text(&run->out, "\",");
        export_json_bytes(&run->out, e.item);
        export_out_byte(&run->out, ']');
        before = ",[\"";
    }
    export_out_text(&run->out, "],\"cursor\":");
    if (has_cursor)
        export_out_u64(&run->out, cursor);
    else
        export_out_text(&run->out, "null");
    export_out_byte(&run->out, '}');
    return err->code == RK_OK;
}

bool export_json_value(rk_export *run, const rk_key *key, rk_err *err)
{
    switch (key->type) {
    case RK_STRING:
        return write_string(run, err);
    case RK_LIST:
        return write_list(run, err);
    case RK_SET:
    case RK_ZSET:
    case RK_HASH:
        return export_json_sorted(run, err);
    case RK_STREAM:
        return export_json_stream(run, err);
    case RK_MODULE:
        return export_json_module(run, err);
    case RK_ARRAY:
        return export_json_array(run, err);
    default:
        return export_json_other(run, key, err);
    }
}
