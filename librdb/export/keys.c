/* keys: the names of the keys, a line each, so that a terminal and a shell can bear them: what is no printable UTF-8,
 * and the backslash, is \xNN, which `printf %b` undoes. Or the bytes as they are, each name ended by a byte 0. */
#include "run.h"

/* How many bytes at the beginning of `name` show as they are; 0: the first one does not. */
static size_t printable(rk_slice name)
{
    uint8_t first = name.ptr[0];
    if (first < 0x80)
        return first >= 0x20 && first != 0x7f && first != '\\';
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    bool steers =
        first == 0xc2 && name.len > 1 && name.ptr[1] < 0xa0; /* U+0080 to U+009F steer terminals, too */
    return len <= name.len && !steers && rk_slice_utf8(rk_slice_head(name, len)) ? len : 0;
}

static void write_escaped(export_out *out, rk_slice name)
{
    static const char digits[] = "0123456789abcdef";
    while (name.len > 0) {
        size_t len = printable(name);
        if (len > 0) {
            export_out_bytes(out, rk_slice_head(name, len));
        } else {
            const char escape[] = { '\\', 'x', digits[name.ptr[0] >> 4], digits[name.ptr[0] & 15], 0 };
            export_out_text(out, escape);
        }
        name = rk_slice_from(name, len ? len : 1);
    }
}

static bool write_name(rk_export *run, const rk_key *key, rk_err *err)
{
    bool null_ends = run->options->null_ends;
    (void)err;
    if (null_ends)
        export_out_bytes(&run->out, export_name(run, key));
    else
        write_escaped(&run->out, export_name(run, key));
    export_out_byte(&run->out, null_ends ? '\0' : '\n');
    return true;
}

const export_format export_keys = { NULL, write_name, NULL };
