/* fields: writes and reads members by their table. */
#include "fields.h"

#include "line.h"

/* ---- writing ------------------------------------------------------------------------------------------------ */

static bool add_quoted(rk_buf *out, const char *word, rk_err *err)
{
    return rk_bundle_add_word(out, "\"", err) && rk_bundle_add_word(out, word, err) &&
           rk_bundle_add_word(out, "\"", err);
}

static bool add_items(rk_buf *out, const rk_slice *items, size_t count, rk_err *err)
{
    bool ok = rk_bundle_add_word(out, "[", err);
    for (size_t i = 0; ok && i < count; i++)
        ok = (i == 0 || rk_bundle_add_word(out, ",", err)) && rk_bundle_add_bytes(out, items[i], err);
    return ok && rk_bundle_add_word(out, "]", err);
}

static bool add_value(rk_buf *out, const rk_bundle_field *field, const void *thing, rk_err *err)
{
    const void *at = (const uint8_t *)thing + field->at;
    switch (field->form) {
    case BUNDLE_BYTES:
        return rk_bundle_add_bytes(out, *(const rk_slice *)at, err);
    case BUNDLE_U64:
        return rk_bundle_add_u64(out, *(const uint64_t *)at, err);
    case BUNDLE_U32:
        return rk_bundle_add_u64(out, *(const uint32_t *)at, err);
    case BUNDLE_SIZE:
        return rk_bundle_add_u64(out, *(const size_t *)at, err);
    case BUNDLE_I64:
        return rk_bundle_add_i64(out, *(const int64_t *)at, err);
    case BUNDLE_SCORE:
        return rk_bundle_add_word(out, "\"", err) && rk_bundle_add_score(out, *(const double *)at, err) &&
               rk_bundle_add_word(out, "\"", err);
    case BUNDLE_BOOL:
        return rk_bundle_add_word(out, *(const bool *)at ? "true" : "false", err);
    case BUNDLE_ACT:
        return add_quoted(out, rk_act_name(*(const rk_act *)at), err);
    case BUNDLE_PLACE:
        return add_quoted(out, rk_bundle_place_name(*(const rk_place_kind *)at), err);
    case BUNDLE_TYPE:
        return add_quoted(out, rk_type_name(*(const rk_type *)at), err);
    case BUNDLE_ITEMS:
        return add_items(out, *(const rk_slice *const *)at,
                         *(const size_t *)(const void *)((const uint8_t *)thing + field->count), err);
    }
    return false;
}

static bool is_there(const rk_bundle_field *field, const void *thing)
{
    if (!field->optional)
        return true;
    return field->there ? field->there(thing)
                        : ((const rk_slice *)(const void *)((const uint8_t *)thing + field->at))->len > 0;
}

bool rk_bundle_fields_write(rk_buf *out, const rk_bundle_field *fields, size_t count, const void *thing,
                            rk_err *err)
{
    bool ok = true, first = true;
    for (size_t i = 0; ok && i < count; i++) {
        if (!is_there(&fields[i], thing))
            continue;
        ok = (first || rk_bundle_add_word(out, ",", err)) && add_quoted(out, fields[i].name, err) &&
             rk_bundle_add_word(out, ":", err) && add_value(out, &fields[i], thing, err);
        first = false;
    }
    return ok;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_buf *scratch;
    rk_arena *arena;
    bool fits; /* the value at hand is of its form */
} reading;

static bool read_u32(rk_json_value value, uint32_t *number)
{
    uint64_t wide;
    bool fits = rk_bundle_read_u64(value, &wide) && wide <= UINT32_MAX;
    *number = fits ? (uint32_t)wide : 0;
    return fits;
}

static bool read_size(rk_json_value value, size_t *number)
{
    uint64_t wide;
    bool fits = rk_bundle_read_u64(value, &wide) && wide <= SIZE_MAX;
    *number = fits ? (size_t)wide : 0;
    return fits;
}

static bool read_items(reading *r, rk_json_value value, const rk_slice **items, size_t *count, rk_err *err)
{
    rk_json_walk walk;
    rk_json_value item;
    size_t most = 0;
    *count = 0;
    r->fits = rk_json_array_open(&walk, value.text);
    while (r->fits && rk_json_array_next(&walk, &item))
        most++;
    if (!r->fits)
        return true;
    rk_slice *room = rk_arena_take(r->arena, most > 0 ? most * sizeof *room : 1, err);
    if (!room)
        return false;
    *items = room;
    rk_json_array_open(&walk, value.text);
    while (r->fits && rk_json_array_next(&walk, &item))
        if (!rk_bundle_read_bytes(item, r->scratch, r->arena, &room[(*count)++], &r->fits, err))
            return false;
    return true;
}

static bool read_word(reading *r, rk_json_value value, rk_bundle_form form, void *at, rk_err *err)
{
    rk_slice word;
    r->fits = value.kind == RK_JSON_STRING;
    if (!r->fits)
        return true;
    if (!rk_json_string(value, r->scratch, &word, err))
        return false;
    if (form == BUNDLE_SCORE)
        r->fits = rk_slice_double(word, at) && *(double *)at == *(double *)at;
    else if (form == BUNDLE_ACT)
        r->fits = rk_bundle_act_of(word, at);
    else if (form == BUNDLE_PLACE)
        r->fits = rk_bundle_place_of(word, at);
    else
        r->fits = rk_bundle_type_of(word, at);
    return true;
}

/* False when memory is short. */
static bool read_value(reading *r, rk_json_value value, const rk_bundle_field *field, void *thing,
                       rk_err *err)
{
    void *at = (uint8_t *)thing + field->at;
    switch (field->form) {
    case BUNDLE_BYTES:
        return rk_bundle_read_bytes(value, r->scratch, r->arena, at, &r->fits, err);
    case BUNDLE_U64:
        r->fits = rk_bundle_read_u64(value, at);
        return true;
    case BUNDLE_U32:
        r->fits = read_u32(value, at);
        return true;
    case BUNDLE_SIZE:
        r->fits = read_size(value, at);
        return true;
    case BUNDLE_I64:
        r->fits = value.kind == RK_JSON_NUMBER && rk_slice_int(value.text, at);
        return true;
    case BUNDLE_BOOL:
        r->fits = value.kind == RK_JSON_TRUE || value.kind == RK_JSON_FALSE;
        *(bool *)at = value.kind == RK_JSON_TRUE;
        return true;
    case BUNDLE_ITEMS:
        return read_items(r, value, at, (size_t *)(void *)((uint8_t *)thing + field->count), err);
    default:
        return read_word(r, value, field->form, at, err);
    }
}

static const rk_bundle_field *field_named(rk_slice raw_key, const rk_bundle_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rk_slice_is(raw_key, rk_slice_of(fields[i].name)))
            return &fields[i];
    return NULL;
}

static bool check_all_there(uint32_t seen, uint64_t offset, const rk_bundle_field *fields, size_t count,
                            rk_err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!fields[i].optional && !(seen >> i & 1))
            return rk_fail(err, RK_DAMAGED, offset, "member '%s' is missing", fields[i].name);
    return true;
}

bool rk_bundle_fields_read(rk_slice line, uint64_t offset, const rk_bundle_field *fields, size_t count,
                           void *thing, rk_buf *scratch, rk_arena *arena, rk_err *err)
{
    char shown[80];
    uint32_t seen = 0;
    rk_slice key;
    rk_json_value value;
    rk_json_walk walk;
    reading r = { scratch, arena, false };
    if (!rk_json_open(&walk, line))
        return rk_fail(err, RK_DAMAGED, offset, "line is no JSON object");
    while (rk_json_next(&walk, &key, &value)) {
        const rk_bundle_field *field = field_named(key, fields, count);
        uint64_t here = offset + (uint64_t)(value.text.ptr - line.ptr);
        if (!field)
            return rk_fail(err, RK_DAMAGED, here, "member '%s' is not known in format version %d",
                           rk_slice_print(key, shown, sizeof shown), RK_BUNDLE_VERSION);
        if (seen >> (field - fields) & 1)
            return rk_fail(err, RK_DAMAGED, here, "member '%s' occurs twice", field->name);
        seen |= UINT32_C(1) << (field - fields);
        if (!read_value(&r, value, field, thing, err))
            return rk_no_memory(err);
        if (!r.fits)
            return rk_fail(err, RK_DAMAGED, here, "member '%s' has no value of its kind", field->name);
        if (field->has)
            *(bool *)((uint8_t *)thing + field->has) = true;
    }
    if (!rk_json_ok(&walk))
        return rk_fail(err, RK_DAMAGED, offset + rk_json_offset(&walk), "line is no well-formed JSON");
    return check_all_there(seen, offset, fields, count, err);
}
