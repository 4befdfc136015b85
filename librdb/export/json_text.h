/* json_text: bytes and numbers as JSON, written to an export_out. */
#ifndef RDBKIT_EXPORT_JSON_TEXT_H
#define RDBKIT_EXPORT_JSON_TEXT_H

#include "out.h"
#include "rdbkit/rdb.h"

/* The tables and the choice of code for this machine; rk_free ends it. NULL: no memory. */
export_escape *export_escape_new(void);
void export_escape_plainly(export_escape *escape); /* for tests: the code that every machine can run */

/* The bytes as a JSON string when they are valid UTF-8, else as {"b64":"..."}: always reversible. */
void export_json_bytes(export_out *out, rk_slice bytes);

/* "1526919030474-55": quotes included. */
void export_json_id(export_out *out, rk_stream_id id);

/* json_double.c: a double as a string of so many digits, as printf's %g writes it: "1.5", "inf", "-0". */
void export_json_double(export_out *out, double value, int digits);

static inline void export_json_i64_or_null(export_out *out, bool there, int64_t number)
{
    if (there)
        export_out_i64(out, number);
    else
        export_out_text(out, "null");
}

#endif
