/* facts_outside: what stands in a snapshot beside its keys: AUX fields by name, and function libraries by the name
 * that their first line has (spec: RDB, "AUX", "Functions"). */
#include "facts_parts.h"

enum { VALUE_SHOWN = 256, FIRST_LINE = 1024 };

/* ---- AUX --------------------------------------------------------------------------------------------------------- */

/* The row of that name; aux_count when there is none. The row that was met last is asked first: a server writes one
 * name thousands of times on end. */
static size_t aux_row(const check_facts *facts, rk_slice name)
{
    const rk_facts *out = &facts->out;
    if (facts->aux_at < out->aux_count && rk_slice_is(out->aux[facts->aux_at].name, name))
        return facts->aux_at;
    size_t i = 0;
    while (i < out->aux_count && !rk_slice_is(out->aux[i].name, name))
        i++;
    return i;
}

/* The AUX field goes before a key of KeyDB whose member has a time to live of its own. */
static bool is_sub_key_expiry(rk_slice name)
{
    return rk_slice_is(name, RK_TEXT("keydb-subexpire-key"));
}

bool facts_aux_add(check_facts *facts, rk_slice name, rk_slice value, rk_err *err)
{
    rk_facts *out = &facts->out;
    rk_slice shown = rk_slice_head(name, RK_FACTS_NAME);
    if (is_sub_key_expiry(name) && !check_facts_trait(facts, RK_TRAIT_SUB_KEY_EXPIRY, 1, NULL, err))
        return false;
    facts->aux_at = aux_row(facts, shown);
    if (facts->aux_at < out->aux_count) {
        out->aux[facts->aux_at].count++;
        return true;
    }
    if (out->aux_count == RK_FACTS_AUX) {
        out->aux_elsewhere++;
        return true;
    }
    rk_aux_field field = { .count = 1 };
    if (!facts_keep(facts, shown, &field.name, err) ||
        !rk_arena_copy(&facts->arena, rk_slice_head(value, VALUE_SHOWN), &field.value, err) ||
        !rk_grow((void **)&out->aux, &facts->aux_cap, out->aux_count + 1, sizeof field, err))
        return false;
    out->aux[out->aux_count++] = field;
    return true;
}

/* ---- functions ----------------------------------------------------------------------------------------------------- */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The name in "#!lua name=NAME"; empty when the code does not begin so. */
static rk_slice library_name(rk_slice code)
{
    rk_slice line = rk_slice_head(code, FIRST_LINE), head = RK_TEXT("name=");
    size_t end = rk_slice_find(line, RK_TEXT("\n"), 0);
    line = rk_slice_head(line, end == SIZE_MAX ? line.len : end);
    if (!rk_slice_starts(line, RK_TEXT("#!")))
        return RK_EMPTY;
    size_t at = rk_slice_find(line, head, 0);
    while (at != SIZE_MAX && at > 0 && !is_space(line.ptr[at - 1]))
        at = rk_slice_find(line, head, at + 1);
    if (at == SIZE_MAX)
        return RK_EMPTY;
    rk_slice name = rk_slice_from(line, at + head.len);
    size_t len = 0;
    while (len < name.len && !is_space(name.ptr[len]))
        len++;
    return rk_slice_head(name, len);
}

bool facts_function_add(check_facts *facts, const rk_record *record, rk_err *err)
{
    rk_facts *out = &facts->out;
    rk_slice name = record->name.len ? record->name : library_name(record->value), kept;
    if (out->function_count == RK_FACTS_FUNCTIONS)
        return true;
    if (!rk_grow((void **)&out->functions, &facts->function_cap, out->function_count + 1, sizeof name, err) ||
        !facts_keep(facts, name, &kept, err))
        return false;
    out->functions[out->function_count++] = kept;
    return true;
}
