/* array: what can be done with an array as a value. */
#include "array.h"

#include "save.h"

enum { FIRST_ARRAYS = 14, TYPE_ARRAY = 28 };
enum { TAG_STRING, TAG_INTEGER };

#define INTEGER_MOST ((INT64_C(1) << 61) - 1) /* what servers keep as a number */

ks_array *ks_array_new(rk_keyspace *ks)
{
    ks_array *array = rk_alloc(sizeof *array);
    if (array)
        ks_ids_start(&array->elements, sizeof(ks_element));
    else
        rk_no_memory(ks->err);
    return array;
}

static rk_stream_id id_of(uint64_t index)
{
    return (rk_stream_id){ .ms = index };
}

ks_element *ks_array_at(const ks_array *array, uint64_t index)
{
    return ks_ids_find(&array->elements, id_of(index));
}

bool ks_array_set(rk_keyspace *ks, ks_array *array, uint64_t index, ks_str value)
{
    ks_element *element = ks_array_at(array, index);
    if (element)
        ks_str_free(ks, &element->value);
    else
        element = ks_ids_put(ks, &array->elements, id_of(index));
    if (element)
        element->value = value;
    else
        ks_str_free(ks, &value);
    return element != NULL;
}

bool ks_array_empty(rk_keyspace *ks, ks_array *array, uint64_t first, uint64_t last)
{
    ks_ids_place place = ks_ids_seek(&array->elements, id_of(first));
    ks_element *element;
    bool some = false;
    while ((element = ks_ids_next(&array->elements, &place)) != NULL && element->id.ms <= last) {
        ks_str_free(ks, &element->value);
        ks_ids_remove_before(&array->elements, &place);
        some = true;
    }
    return some;
}

void ks_array_clear(rk_keyspace *ks, ks_array *array)
{
    ks_element *element;
    for (ks_ids_place place = { 0 }; (element = ks_ids_next(&array->elements, &place)) != NULL;)
        ks_str_free(ks, &element->value);
    ks_ids_clear(&array->elements);
}

/* ---- the type --------------------------------------------------------------------------------------------- */

static uint64_t array_count(const ks_key *key)
{
    return key->array ? key->array->elements.count : 0;
}

static void array_free(rk_keyspace *ks, ks_key *key)
{
    if (key->array)
        ks_array_clear(ks, key->array);
    rk_free(key->array);
    key->array = NULL;
}

static bool array_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str value;
    ks_array *array = key->array = ks_array_new(ks);
    while (array && rk_rdb_element(rdb, &e, ks->err)) {
        if (e.kind == RK_ELEMENT_CURSOR) {
            array->cursor = e.number;
            array->has_cursor = true;
        } else if (!ks_str_of(ks, e.item, &value) || !ks_array_set(ks, array, e.number, value)) {
            return false;
        }
    }
    return !ks_bad(ks);
}

static bool array_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    ks_element *element;
    ks_str value;
    ks_array *twin = to->array = ks_array_new(ks);
    if (!twin)
        return false;
    twin->cursor = from->array->cursor;
    twin->has_cursor = from->array->has_cursor;
    for (ks_ids_place place = { 0 }; (element = ks_ids_next(&from->array->elements, &place)) != NULL;)
        if (!ks_str_copy(ks, &element->value, &value) || !ks_array_set(ks, twin, element->id.ms, value))
            return false;
    return true;
}

/* Integers become numbers, as servers write them; of other texts a server makes what it will. */
static bool save_element(ks_saver *s, const ks_element *element)
{
    rk_slice text;
    int64_t number;
    if (!ks_str_bytes(s->ks, &element->value, &s->text, &text) || !ks_save_count(s, element->id.ms))
        return false;
    if (ks_int(text, &number) && number >= -INTEGER_MOST - 1 && number <= INTEGER_MOST)
        return ks_save_count(s, TAG_INTEGER) && ks_save_ms(s, number);
    return ks_save_count(s, TAG_STRING) && ks_save_text(s, text);
}

static bool array_save(ks_saver *s, const ks_key *key)
{
    const ks_array *array = key->array;
    const ks_element *element;
    if (!ks_save_key(s, key, TYPE_ARRAY) || !ks_save_count(s, array->elements.count) ||
        !ks_save_count(s, array->has_cursor) || (array->has_cursor && !ks_save_count(s, array->cursor)))
        return false;
    for (ks_ids_place place = { 0 }; (element = ks_ids_next(&array->elements, &place)) != NULL;)
        if (!save_element(s, element))
            return false;
    return true;
}

static uint32_t array_needs(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why)
{
    (void)ks;
    (void)key;
    *why = "arrays";
    return valkey ? 0 : FIRST_ARRAYS;
}

const ks_type ks_array_type = { .count = array_count,
                                .free = array_free,
                                .load = array_load,
                                .copy = array_copy,
                                .save = array_save,
                                .needs = array_needs };
