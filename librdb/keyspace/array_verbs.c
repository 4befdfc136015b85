/* array_verbs: the commands of arrays (spec: AOF, "Arrays"). */
#include "array.h"
#include "stream.h"

static bool read_index(ks_call *c, size_t arg, uint64_t *index)
{
    char shown[60];
    if (ks_unsigned(ks_arg(c, arg), index) && *index <= KS_INDEX_MOST)
        return true;
    ks_fails(c, "'%s' is no index", rk_slice_print(ks_arg(c, arg), shown, sizeof shown));
    return false;
}

/* Is every `step`-th argument from `from` on an index? */
static bool are_indexes(ks_call *c, size_t from, size_t step)
{
    uint64_t index;
    for (size_t i = from; i < ks_argc(c); i += step)
        if (!read_index(c, i, &index))
            return false;
    return true;
}

/* The array, made where there is none; NULL: the key has another type, which is then told, or trouble. */
static ks_array *open_or_make(ks_call *c)
{
    bool wrong;
    ks_key *key = ks_open(c, 1, RK_ARRAY, &wrong);
    if (wrong)
        ks_no_key(c, 1, wrong);
    if (key || wrong || ks_bad(c->ks))
        return key ? key->array : NULL;
    ks_array *array = ks_array_new(c->ks);
    key = array ? ks_make(c->ks, c->db, ks_arg(c, 1), RK_ARRAY) : NULL;
    if (!key) {
        rk_free(array);
        return NULL;
    }
    return key->array = array;
}

static bool set_arg(ks_call *c, ks_array *array, uint64_t index, size_t arg)
{
    ks_str value;
    return ks_str_of_arg(c, arg, &value) && ks_array_set(c->ks, array, index, value);
}

/* The arguments from `from` on, one behind the other. */
static rk_outcome set_run(ks_call *c, ks_array *array, uint64_t index, size_t from)
{
    for (size_t i = from; i < ks_argc(c); i++)
        if (!set_arg(c, array, index + (i - from), i))
            return RK_OUTCOME_FAILED;
    return RK_OUTCOME_DONE;
}

/* Do `count` elements fit from `index` on? */
static bool fit(ks_call *c, uint64_t index, size_t count)
{
    if (count - 1 <= KS_INDEX_MOST - index)
        return true;
    ks_fails(c, "%zu elements from %" PRIu64 " on are beyond the last index", count, index);
    return false;
}

/* ARSET k i v... */
static rk_outcome arset(ks_call *c)
{
    uint64_t index;
    if (!read_index(c, 2, &index) || !fit(c, index, ks_argc(c) - 3))
        return RK_OUTCOME_FAILED;
    ks_array *array = open_or_make(c);
    return array ? set_run(c, array, index, 3) : RK_OUTCOME_FAILED;
}

/* ARMSET k i v [i v...] */
static rk_outcome armset(ks_call *c)
{
    if (ks_argc(c) % 2 != 0)
        return ks_fails(c, "indexes and values are %zu arguments", ks_argc(c) - 2);
    ks_array *array = are_indexes(c, 2, 2) ? open_or_make(c) : NULL;
    for (size_t i = 2; array && i < ks_argc(c); i += 2) {
        uint64_t index = 0;
        ks_unsigned(ks_arg(c, i), &index);
        if (!set_arg(c, array, index, i + 1))
            return RK_OUTCOME_FAILED;
    }
    return array ? RK_OUTCOME_DONE : RK_OUTCOME_FAILED;
}

/* ARINSERT k v...: behind what was inserted last. */
static rk_outcome arinsert(ks_call *c)
{
    bool wrong;
    ks_key *key = ks_open(c, 1, RK_ARRAY, &wrong);
    size_t count = ks_argc(c) - 2;
    uint64_t index = key && key->array->has_cursor ? key->array->cursor + 1 : 0;
    if (index > KS_INDEX_MOST || !fit(c, index, count))
        return ks_fails(c, "nothing can be inserted behind the last index"); /* unless told already */
    ks_array *array = open_or_make(c);
    if (!array || set_run(c, array, index, 2) != RK_OUTCOME_DONE)
        return RK_OUTCOME_FAILED;
    array->cursor = index + count - 1;
    array->has_cursor = true;
    return RK_OUTCOME_DONE;
}

/* ---- ARRING ----------------------------------------------------------------------------------------------- */

/* One more than the greatest index. */
static uint64_t length(const ks_array *array)
{
    const ks_element *last = ks_ids_last(&array->elements);
    return last ? last->id.ms + 1 : 0;
}

static uint64_t next_index(const ks_array *array)
{
    return array->has_cursor ? array->cursor + 1 : 0;
}

/* Does a ring of another size have to be made of what was one of `span`? When it shrinks, and when it grows after it
 * has begun anew: the next value would take the place of an old one. */
static bool must_rebuild(const ks_array *array, uint64_t size, uint64_t span)
{
    return size < span || (size > span && array->has_cursor && next_index(array) < span);
}

/* How many elements stand in a row up to `at`, around the ring of `span`, `most` at most; *first is the oldest. */
static uint64_t row_before(const ks_array *array, uint64_t at, uint64_t span, uint64_t most, uint64_t *first)
{
    uint64_t count = 0;
    *first = at;
    while (count < most && ks_array_at(array, at)) {
        *first = at;
        at = at > 0 ? at - 1 : span - 1;
        count++;
    }
    return count;
}

/* The latest elements, oldest first, from 0 on; the others are gone. */
static bool rebuild(ks_call *c, ks_array *array, uint64_t size, uint64_t span)
{
    ks_array fresh = { .has_cursor = false };
    uint64_t from, most = size < span ? size : span;
    uint64_t newest = array->has_cursor ? array->cursor % span : span - 1;
    uint64_t count = row_before(array, newest, span, most, &from);
    bool whole = true;
    ks_ids_start(&fresh.elements, sizeof(ks_element));
    for (uint64_t i = 0; whole && i < count; i++) {
        ks_element *element = ks_array_at(array, from);
        whole = ks_array_set(c->ks, &fresh, i, element->value);
        element->value = (ks_str){ 0 };
        from = from + 1 < span ? from + 1 : 0;
    }
    ks_array_clear(c->ks, array);
    fresh.has_cursor = count > 0;
    fresh.cursor = count > 0 ? count - 1 : 0;
    *array = fresh;
    return whole;
}

/* ARRING k size v... */
static rk_outcome arring(ks_call *c)
{
    int64_t size;
    if (!ks_int(ks_arg(c, 2), &size) || size <= 0)
        return ks_fails(c, "the size of the ring is not a number from 1 on");
    ks_array *array = open_or_make(c);
    if (!array)
        return RK_OUTCOME_FAILED;
    uint64_t span = length(array);
    if (span > 0 && must_rebuild(array, (uint64_t)size, span) && !rebuild(c, array, (uint64_t)size, span))
        return RK_OUTCOME_FAILED;
    for (size_t i = 3; i < ks_argc(c); i++) {
        uint64_t index = next_index(array) % (uint64_t)size;
        if (!set_arg(c, array, index, i))
            return RK_OUTCOME_FAILED;
        array->cursor = index;
        array->has_cursor = true;
    }
    return RK_OUTCOME_DONE;
}

/* ARSEEK k i: where the next value is inserted. */
static rk_outcome arseek(ks_call *c)
{
    bool wrong;
    uint64_t index;
    if (!ks_unsigned(ks_arg(c, 2), &index))
        return ks_fails(c, "argument 2 is no index");
    ks_key *key = ks_open(c, 1, RK_ARRAY, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    key->array->has_cursor = index > 0;
    key->array->cursor = index > 0 ? index - 1 : 0;
    return RK_OUTCOME_DONE;
}

/* ---- deletions -------------------------------------------------------------------------------------------- */

static rk_outcome after_deletion(ks_call *c, ks_key *key, bool deleted)
{
    if (key->array->elements.count == 0)
        ks_drop_empty(c->ks, key);
    return deleted ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* ARDEL k i... */
static rk_outcome ardel(ks_call *c)
{
    bool wrong, deleted = false;
    if (!are_indexes(c, 2, 1))
        return RK_OUTCOME_FAILED;
    ks_key *key = ks_open(c, 1, RK_ARRAY, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    for (size_t i = 2; i < ks_argc(c); i++) {
        uint64_t index = 0;
        ks_unsigned(ks_arg(c, i), &index);
        deleted |= ks_array_empty(c->ks, key->array, index, index);
    }
    return after_deletion(c, key, deleted);
}

/* ARDELRANGE k a b [a b...]: the bounds in either order. */
static rk_outcome ardelrange(ks_call *c)
{
    bool wrong, deleted = false;
    if (ks_argc(c) % 2 != 0)
        return ks_fails(c, "bounds are %zu arguments", ks_argc(c) - 2);
    if (!are_indexes(c, 2, 1))
        return RK_OUTCOME_FAILED;
    ks_key *key = ks_open(c, 1, RK_ARRAY, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    for (size_t i = 2; i < ks_argc(c); i += 2) {
        uint64_t a = 0, b = 0;
        ks_unsigned(ks_arg(c, i), &a);
        ks_unsigned(ks_arg(c, i + 1), &b);
        deleted |= ks_array_empty(c->ks, key->array, a < b ? a : b, a < b ? b : a);
    }
    return after_deletion(c, key, deleted);
}

const ks_verb ks_array_verbs[] = {
    { RK_VERB_ARSET, arset },           { RK_VERB_ARMSET, armset }, { RK_VERB_ARINSERT, arinsert },
    { RK_VERB_ARRING, arring },         { RK_VERB_ARSEEK, arseek }, { RK_VERB_ARDEL, ardel },
    { RK_VERB_ARDELRANGE, ardelrange }, { RK_VERB_UNKNOWN, NULL },
};
