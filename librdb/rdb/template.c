/* template: hashes that share their field names (spec: RDB, "Hash templates"). */
#include "reader.h"

/* The place of `id` in the table of slots: where it is, or the free one where it belongs. A slot holds the
 * number of its template, counted from 1. There is always a free one. */
static size_t slot_of(const rk_rdb *owner, uint64_t id)
{
    size_t mask = owner->template_slot_cap - 1;
    size_t at = rk_spread_slot(owner->template_spread, (rk_digest){ id, id >> 32 }, mask + 1);
    while (owner->template_slots[at] && owner->templates[owner->template_slots[at] - 1].id != id)
        at = (at + 1) & mask;
    return at;
}

static const rdb_template *find_own(const rk_rdb *owner, uint64_t id)
{
    if (id < owner->template_count && owner->templates[id].id == id)
        return &owner->templates[id]; /* a server numbers them from 0 on */
    if (owner->template_count == 0)
        return NULL;
    uint32_t number = owner->template_slots[slot_of(owner, id)];
    return number ? &owner->templates[number - 1] : NULL;
}

const rdb_template *rdb_find_template(const rk_rdb *rdb, uint64_t id)
{
    const rdb_template *found = rdb->first ? find_own(rdb->first, id) : NULL;
    return found ? found : find_own(rdb, id);
}

/* Makes the table of slots twice as large. */
static bool grow_slots(rk_rdb *rdb, rk_err *err)
{
    size_t cap = rdb->template_slot_cap ? 2 * rdb->template_slot_cap : 16;
    uint32_t *slots = rk_alloc(cap * sizeof *slots);
    if (!slots)
        return rk_no_memory(err);
    rk_free(rdb->template_slots);
    rdb->template_spread = rk_spread_new();
    rdb->template_slots = slots;
    rdb->template_slot_cap = cap;
    for (size_t i = 0; i < rdb->template_count; i++)
        slots[slot_of(rdb, rdb->templates[i].id)] = (uint32_t)i + 1;
    return true;
}

static bool add_template(rk_rdb *rdb, rdb_template t, rk_err *err)
{
    size_t count = rdb->template_count;
    if (count >= UINT32_MAX || (2 * (count + 1) > rdb->template_slot_cap && !grow_slots(rdb, err)))
        return rk_no_memory(err);
    if (!rk_grow((void **)&rdb->templates, &rdb->template_cap, count + 1, sizeof t, err))
        return false;
    rdb->template_slots[slot_of(rdb, t.id)] = (uint32_t)count + 1;
    rdb->templates[rdb->template_count++] = t;
    return true;
}

/* Fields ascend by length, then by bytes. */
static void check_order(const rdb_template *t, uint64_t offset, rk_err *err)
{
    for (uint64_t i = 1; i < t->count; i++) {
        rk_slice a = t->fields[i - 1], b = t->fields[i];
        if (a.len > b.len || (a.len == b.len && memcmp(a.ptr, b.ptr, a.len) >= 0))
            rk_fail(err, RK_DAMAGED, offset, "field %" PRIu64 " of the hash template is out of order", i);
    }
}

/* Moves the fields of `t` from `fields`, which grew as they arrived, into the arena. */
static bool keep_fields(rk_arena *arena, rdb_template *t, const rk_slice *fields, rk_err *err)
{
    t->fields = rk_arena_take(arena, t->count * sizeof *fields, err);
    if (t->fields && t->count)
        memcpy(t->fields, fields, t->count * sizeof *fields);
    return t->fields != NULL;
}

/* Reads `count` strings as the fields of `t`; memory grows as they arrive. */
static bool read_fields(rk_rdb *rdb, rk_arena *arena, rdb_template *t, uint64_t count, rk_err *err)
{
    rk_slice *fields = NULL;
    size_t cap = 0;
    bool ok = true;
    for (t->count = 0; ok && t->count < count; t->count += ok) {
        rk_slice text;
        ok = rk_grow((void **)&fields, &cap, t->count + 1, sizeof *fields, err) &&
             rdb_text(rdb, 0, &text, "template field", err) &&
             rk_arena_copy(arena, text, &fields[t->count], err);
    }
    ok = ok && keep_fields(arena, t, fields, err);
    rk_free(fields);
    return ok;
}

bool rdb_read_template(rk_rdb *rdb, rk_record *record, rk_err *err)
{
    rdb_template t = { .offset = record->offset };
    uint64_t count = 0, offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, &t.id, "template id", err) || !rdb_count(rdb, &count, "template size", err))
        return false;
    if (count == 0)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "a hash template without fields");
    const rdb_template *known = rdb_find_template(rdb, t.id);
    if (known && known->offset != t.offset) /* a second reader meets the same record again */
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "hash template %" PRIu64 " is there twice", t.id);
    rk_arena *arena = known ? &rdb->value_arena : &rdb->arena;
    if (known)
        rk_arena_clear(arena); /* it is kept already */
    if (!read_fields(rdb, arena, &t, count, err))
        return false;
    check_order(&t, offset, &rdb->bad);
    record->numbers[0] = t.id;
    record->numbers[1] = t.count;
    return known || add_template(rdb, t, err);
}

static bool use_template(rk_rdb *rdb, uint64_t id, uint64_t offset, rk_err *err)
{
    rdb->plain.template = rdb_find_template(rdb, id);
    rdb->plain.position = 0;
    return rdb->plain.template ||
           rk_fail(err, RK_DAMAGED, offset, "hash template %" PRIu64 " is not there", id);
}

/* The fields of `t` as the entries of a listpack, as far as it can be read. */
static bool read_packed_fields(rk_rdb *rdb, rdb_template *t, rk_err *err)
{
    rk_packed entry;
    rk_blob blob;
    rk_slice *fields = NULL;
    size_t cap = 0;
    if (!rdb_blob(rdb, 0, &blob, "template fields", err) ||
        !rk_listpack_open(&rdb->plain.listpack, blob, &rdb->bad))
        return err->code == RK_OK && (rdb->plain.broken = true);
    bool ok = true;
    for (; ok && rk_listpack_next(&rdb->plain.listpack, &entry); t->count += ok)
        ok = rk_grow((void **)&fields, &cap, t->count + 1, sizeof *fields, err) &&
             rk_arena_copy(&rdb->value_arena, rk_packed_bytes(&entry, rdb->plain.room[0]), &fields[t->count],
                           err);
    ok = ok && keep_fields(&rdb->value_arena, t, fields, err);
    rdb->plain.broken = rdb->bad.code != RK_OK;
    rk_free(fields);
    return ok;
}

/* Fields that stand in the value itself (types 29 and 31); they live until the next such value. */
static bool read_own_fields(rk_rdb *rdb, rk_err *err)
{
    uint64_t format = 0, count = 0, offset = rk_window_offset(&rdb->win);
    rk_arena_clear(&rdb->value_arena);
    rdb_template *t = rk_arena_take(&rdb->value_arena, sizeof *t, err);
    if (!t || !rdb_len(rdb, &format, "template form", err))
        return false;
    rdb->plain.template = t;
    rdb->plain.position = 0;
    if (format > 1)
        return rk_fail(err, RK_DAMAGED, offset, "template form is %" PRIu64 ", not 0 or 1", format);
    bool ok = format == 0 ? read_packed_fields(rdb, t, err)
                          : rdb_count(rdb, &count, "template size", err) &&
                                read_fields(rdb, &rdb->value_arena, t, count, err);
    if (ok)
        check_order(t, offset, &rdb->bad);
    return ok;
}

/* Opens the listpack of values and reads its first element, the template's id. */
static bool open_values(rk_rdb *rdb, int64_t *id, rk_err *err)
{
    rk_blob blob;
    rk_packed first;
    rdb->plain.in_ziplist = false;
    if (!rdb_blob(rdb, 0, &blob, "listpack", err) || !rk_listpack_open(&rdb->plain.listpack, blob, &rdb->bad))
        return false;
    if (!rdb_packed_next(rdb, &first) || !first.is_int || first.integer < 0)
        return rk_fail(&rdb->bad, RK_DAMAGED, blob.offset,
                       "the values of a template hash do not begin with its id");
    *id = first.integer;
    return true;
}

bool rdb_template_listpack_ref_open(rk_rdb *rdb, rk_err *err)
{
    int64_t id = 0;
    uint64_t offset = rk_window_offset(&rdb->win);
    return open_values(rdb, &id, err) && use_template(rdb, (uint64_t)id, offset, &rdb->bad);
}

bool rdb_template_listpack_open(rk_rdb *rdb, rk_err *err)
{
    int64_t ignored = 0;
    return read_own_fields(rdb, err) && open_values(rdb, &ignored, err) && rdb->bad.code == RK_OK;
}

bool rdb_template_listpack_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    const rdb_template *t = rdb->plain.template;
    rk_packed value;
    (void)err;
    if (rdb->plain.broken)
        return false;
    bool there = rdb_packed_next(rdb, &value);
    if (rdb->bad.code != RK_OK)
        return false;
    if (there != (rdb->plain.position < t->count)) {
        rdb->plain.broken = true;
        return rk_fail(&rdb->bad, RK_DAMAGED, rk_window_offset(&rdb->win),
                       "a template hash has %s values than its template's %" PRIu64 " fields",
                       there ? "more" : "fewer", t->count);
    }
    if (!there)
        return false;
    element->kind = RK_ELEMENT_FIELD;
    element->item = t->fields[rdb->plain.position++];
    element->value = rk_packed_bytes(&value, rdb->plain.room[0]);
    return true;
}

bool rdb_template_listpack_skip(rk_rdb *rdb, rk_err *err)
{
    return read_own_fields(rdb, err) && rdb_skip_str(rdb, "listpack", err);
}

bool rdb_template_array_ref_open(rk_rdb *rdb, rk_err *err)
{
    uint64_t id = 0, offset = rk_window_offset(&rdb->win);
    return rdb_len(rdb, &id, "template id", err) && use_template(rdb, id, offset, err);
}

/* Where the fields stand in a listpack that cannot be read, nobody knows how many values follow. */
bool rdb_template_array_open(rk_rdb *rdb, rk_err *err)
{
    if (!read_own_fields(rdb, err))
        return false;
    if (rdb->bad.code != RK_OK && rdb->plain.broken)
        *err = rdb->bad;
    return err->code == RK_OK;
}

bool rdb_template_array_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    const rdb_template *t = rdb->plain.template;
    if (rdb->plain.position == t->count)
        return false;
    element->kind = RK_ELEMENT_FIELD;
    element->item = t->fields[rdb->plain.position++];
    return rdb_text(rdb, 0, &element->value, "hash value", err);
}

static bool skip_array_values(rk_rdb *rdb, rk_err *err)
{
    for (uint64_t i = 0; i < rdb->plain.template->count; i++)
        if (!rdb_skip_str(rdb, "hash value", err))
            return false;
    return true;
}

bool rdb_template_array_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_template_array_open(rdb, err) && skip_array_values(rdb, err);
}

bool rdb_template_array_ref_skip(rk_rdb *rdb, rk_err *err)
{
    return rdb_template_array_ref_open(rdb, err) && skip_array_values(rdb, err);
}
