/* module: values that only a module understands, as the opcodes that describe them; and the values of vendors, which
 * are told in the same way. */
#include "run.h"

static const char *const opcode_names[] = {
    [RK_OPCODE_SIGNED] = "signed", [RK_OPCODE_UNSIGNED] = "unsigned", [RK_OPCODE_FLOAT] = "float",
    [RK_OPCODE_DOUBLE] = "double", [RK_OPCODE_STRING] = "string",
};

void export_json_opaque(export_out *out, uint64_t op, uint64_t bits, rk_slice text)
{
    float single;
    double wide;
    uint32_t low = (uint32_t)bits;
    export_out_text(out, "[\"");
    export_out_text(out, opcode_names[op]);
    export_out_text(out, "\",");
    switch (op) {
    case RK_OPCODE_SIGNED:
        export_out_i64(out, (int64_t)bits);
        break;
    case RK_OPCODE_UNSIGNED: /* above 2^63-1 where a module saved a number below 0: no number that JSON can bear */
        export_out_byte(out, '"');
        export_out_u64(out, bits);
        export_out_byte(out, '"');
        break;
    case RK_OPCODE_FLOAT:
        memcpy(&single, &low, sizeof single);
        export_json_double(out, (double)single, 9);
        break;
    case RK_OPCODE_DOUBLE:
        memcpy(&wide, &bits, sizeof wide);
        export_json_double(out, wide, 17);
        break;
    default:
        export_json_bytes(out, text);
    }
    export_out_byte(out, ']');
}

bool export_json_module(rk_export *run, rk_err *err)
{
    rk_element e;
    export_out *out = &run->out;
    bool first = true;
    if (!export_element(run, &e, err))
        return err->code == RK_OK;
    export_out_text(out, "{\"module\":");
    export_json_bytes(out, e.item);
    export_out_text(out, ",\"version\":");
    export_out_u64(out, e.number);
    export_out_text(out, ",\"values\":[");
    for (; export_element(run, &e, err); first = false) {
        if (!first)
            export_out_byte(out, ',');
        export_json_opaque(out, e.number2, e.number, e.item);
    }
    export_out_text(out, "]}");
    return err->code == RK_OK;
}

/* ["path",p] and ["field",f,v], or as in a module. */
static void write_part(export_out *out, const rk_element *e)
{
    if (e->kind == RK_ELEMENT_OPAQUE) {
        export_json_opaque(out, e->number2, e->number, e->item);
        return;
    }
    export_out_text(out, e->kind == RK_ELEMENT_PATH ? "[\"path\"," : "[\"field\",");
    export_json_bytes(out, e->item);
    if (e->kind == RK_ELEMENT_FIELD) {
        export_out_byte(out, ',');
        export_json_bytes(out, e->value);
    }
    export_out_byte(out, ']');
}

bool export_json_other(rk_export *run, const rk_key *key, rk_err *err)
{
    rk_element e;
    const char *before = "";
    export_out_text(&run->out, "{\"other\":\"");
    export_out_text(&run->out, key->encoding);
    export_out_text(&run->out, "\",\"values\":[");
    for (; export_element(run, &e, err); before = ",") {
        export_out_text(&run->out, before);
        write_part(&run->out, &e);
    }
    export_out_text(&run->out, "]}");
    return err->code == RK_OK;
}
