/* csv: a list of the keys, a row each, with how large they are (RFC 4180). */
#include "run.h"

static void begin(rk_export *run)
{
    export_out_text(&run->out,
                    "db,key,key_b64,type,encoding,expire_ms,idle_s,freq,elements,bytes,offset,slot\r\n");
}

/* A name that is text is quoted whatever it is; any other is in the next column, in base64. A byte 0 is valid UTF-8,
 * yet few readers of CSV bear it. */
static void write_name(export_out *out, rk_slice name)
{
    if (!rk_slice_utf8(name) || memchr(name.ptr, 0, name.len)) {
        export_out_byte(out, ',');
        export_out_base64(out, name);
        return;
    }
    export_out_byte(out, '"');
    for (size_t at = 0; at < name.len;) {
        size_t quote = rk_slice_find(name, RK_TEXT("\""), at), end = quote == SIZE_MAX ? name.len : quote + 1;
        export_out_bytes(out, (rk_slice){ name.ptr + at, end - at });
        if (quote != SIZE_MAX)
            export_out_byte(out, '"');
        at = end;
    }
    export_out_text(out, "\",");
}

/* Items, members, fields, entries; the values of a module. What describes the others does not count. */
static bool count_elements(rk_export *run, uint64_t *count, rk_err *err)
{
    static const bool counts[RK_ELEMENT_OPAQUE + 1] = {
        [RK_ELEMENT_STRING] = true,  [RK_ELEMENT_ITEM] = true,   [RK_ELEMENT_MEMBER] = true,
        [RK_ELEMENT_SCORED] = true,  [RK_ELEMENT_FIELD] = true,  [RK_ELEMENT_ENTRY] = true,
        [RK_ELEMENT_INDEXED] = true, [RK_ELEMENT_OPAQUE] = true,
    };
    rk_element e;
    *count = 0;
    while (export_element(run, &e, err))
        *count += counts[e.kind];
    return err->code == RK_OK;
}

static void write_known(export_out *out, bool known, int64_t number)
{
    export_out_byte(out, ',');
    if (known)
        export_out_i64(out, number);
}

static bool write_row(rk_export *run, const rk_key *key, rk_err *err)
{
    export_out *out = &run->out;
    uint64_t elements = 0, bytes = 0;
    if (!count_elements(run, &elements, err) || !export_record_bytes(run, key, &bytes, err))
        return false;
    export_out_u64(out, key->db);
    export_out_byte(out, ',');
    write_name(out, export_name(run, key));
    export_out_byte(out, ',');
    export_out_text(out, rk_type_name(key->type));
    export_out_byte(out, ',');
    export_out_text(out, key->encoding);
    write_known(out, key->expire_ms != RK_NO_EXPIRY, key->expire_ms);
    write_known(out, key->idle_s >= 0, key->idle_s);
    write_known(out, key->frequency >= 0, key->frequency);
    write_known(out, true, (int64_t)elements);
    write_known(out, true, (int64_t)bytes);
    write_known(out, rk_snapshot_info_of(run->snapshot)->log.files == 0, (int64_t)key->offset);
    /* a token is to tell nothing of the name, not even its slot */
    rk_slice name = export_name(run, key);
    write_known(out, rk_slice_is(name, key->name), rk_key_slot(key->name));
    export_out_text(out, "\r\n");
    return true;
}

const export_format export_csv = { begin, write_row, NULL };
