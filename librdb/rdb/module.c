/* module: values of modules, which describe themselves and can be passed over without the module (spec: RDB,
 * "Modules"). */
#include "reader.h"

enum { MODULE_EOF, MODULE_SIGNED, MODULE_UNSIGNED, MODULE_FLOAT, MODULE_DOUBLE, MODULE_STRING };

void rdb_module_name(uint64_t id, char name[10])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t rest = id >> 10;
    for (int i = 8; i >= 0; i--, rest >>= 6)
        name[i] = alphabet[rest & 63];
    name[9] = 0;
}

/* Reads one opcode and its operand; numbers go to element->number as bits, strings to element->item. */
static bool read_value(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, &element->number2, "module opcode", err))
        return false;
    element->item = RK_EMPTY;
    switch (element->number2) {
    case MODULE_EOF:
        return true;
    case MODULE_SIGNED:
    case MODULE_UNSIGNED:
        return rdb_len(rdb, &element->number, "module integer", err);
    case MODULE_FLOAT:
        return rdb_le(rdb, 4, &element->number, "module float", err);
    case MODULE_DOUBLE:
        return rdb_le(rdb, 8, &element->number, "module double", err);
    case MODULE_STRING:
        return rdb_text(rdb, 0, &element->item, "module string", err);
    default:
        return rk_fail(err, RK_DAMAGED, offset, "module opcode is %" PRIu64 ", not 0 to 5", element->number2);
    }
}

bool rdb_skip_module_values(rk_rdb *rdb, rk_err *err)
{
    for (;;) {
        uint64_t op = 0, number, offset = rk_window_offset(&rdb->win);
        if (!rdb_len(rdb, &op, "module opcode", err))
            return false;
        bool ok = op == MODULE_EOF ? true
                  : op == MODULE_SIGNED || op == MODULE_UNSIGNED
                      ? rdb_len(rdb, &number, "module integer", err)
                  : op == MODULE_FLOAT  ? rdb_skip_bytes(rdb, 4, "module float", err)
                  : op == MODULE_DOUBLE ? rdb_skip_bytes(rdb, 8, "module double", err)
                  : op == MODULE_STRING
                      ? rdb_skip_str(rdb, "module string", err)
                      : rk_fail(err, RK_DAMAGED, offset, "module opcode is %" PRIu64 ", not 0 to 5", op);
        if (!ok || op == MODULE_EOF)
            return ok;
    }
}

bool rdb_module_open(rk_rdb *rdb, rk_err *err)
{
    rdb->plain.position = 0;
    return rdb_len(rdb, &rdb->module_id, "module type id", err);
}

bool rdb_module_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    if (rdb->plain.position++ == 0) {
        char name[10];
        rdb_module_name(rdb->module_id, name);
        memcpy(rdb->plain.room[0], name, sizeof name);
        element->kind = RK_ELEMENT_MODULE;
        element->item = (rk_slice){ (const uint8_t *)rdb->plain.room[0], 9 };
        element->number = rdb->module_id & 1023;
        return true;
    }
    element->kind = RK_ELEMENT_OPAQUE;
    return read_value(rdb, element, err) && element->number2 != MODULE_EOF;
}

bool rdb_module_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_len(rdb, &rdb->module_id, "module type id", err) && rdb_skip_module_values(rdb, err);
}
