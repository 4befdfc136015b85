/* truth_form: the value of a key, built from its elements, in the form that the corpus writes the truth in.
 */
#ifndef RDBKIT_TESTS_TRUTH_FORM_H
#define RDBKIT_TESTS_TRUTH_FORM_H

#include "corpus.h"
#include "rdbkit/snapshot.h"

/* Pulls the next element from wherever the key is read. */
typedef bool (*form_pull)(void *self, rk_element *element, rk_err *err);

/* Things that the truth sorts. */
typedef struct {
    double score;
    json_t *key, *json;
} form_row;

static inline int form_row_order(const void *left, const void *right)
{
    const form_row *a = left, *b = right;
    rk_slice x = { (const uint8_t *)json_string_value(a->key), json_string_length(a->key) };
    rk_slice y = { (const uint8_t *)json_string_value(b->key), json_string_length(b->key) };
    int order = (a->score > b->score) - (a->score < b->score);
    return order ? order : rk_slice_compare(x, y);
}

static inline json_t *form_double(double value, int digits)
{
    char text[64];
    snprintf(text, sizeof text, "%.*g", digits, value);
    return json_string(text);
}

static inline json_t *form_id(rk_stream_id id)
{
    char text[64];
    snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
    return json_string(text);
}

static inline json_t *form_number_text(uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return json_string(text);
}

static inline json_t *form_or_null(bool there, int64_t number)
{
    return there ? json_integer(number) : json_null();
}

/* Sets, sorted sets and hashes: sorted. */
static inline json_t *form_sorted(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    form_row *rows = NULL;
    size_t count = 0, cap = 0;
    while (pull(self, &e, err) && rk_grow((void **)&rows, &cap, count + 1, sizeof *rows, err)) {
        form_row row = { .key = latin_1(e.item) };
        if (e.kind == RK_ELEMENT_SCORED) {
            row.score = e.score;
            row.json = json_pack("[O,o]", row.key, form_double(e.score, 17));
        } else if (e.kind == RK_ELEMENT_FIELD) {
            row.json = json_pack("[O,o,o]", row.key, latin_1(e.value),
                                 form_or_null(e.expire_ms != RK_NO_EXPIRY, e.expire_ms));
        } else {
            row.json = json_incref(row.key);
        }
        rows[count++] = row;
    }
    if (count)
        qsort(rows, count, sizeof *rows, form_row_order);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(all, rows[i].json);
        json_decref(rows[i].key);
    }
    rk_free(rows);
    return all;
}

static inline json_t *form_list(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    json_t *all = json_array();
    while (pull(self, &e, err))
        json_array_append_new(all, latin_1(e.item));
    return all;
}

static inline json_t *form_string(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    json_t *value = NULL;
    while (pull(self, &e, err)) {
        json_decref(value);
        value = latin_1(e.item);
    }
    return value;
}

static inline json_t *form_array(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    json_t *items = json_array(), *cursor = json_null();
    while (pull(self, &e, err)) {
        if (e.kind == RK_ELEMENT_CURSOR)
            cursor = form_number_text(e.number);
        else
            json_array_append_new(items, json_pack("[o,o]", form_number_text(e.number), latin_1(e.item)));
    }
    return json_pack("{s:o,s:o}", "items", items, "cursor", cursor);
}

/* ---- modules
 * --------------------------------------------------------------------------------------------------- */

/* Which of a module's saved values its read command returns. */
typedef struct {
    const char *name;
    size_t from, to; /* of the saved values; vectorset: none */
} form_module;

static const form_module form_modules[] = {
    { "test___dt", 0, 2 },
    { "test__rdb", 1, 2 },
    { "mixtypes-", 0, 6 },
    { "hellotype", 1, SIZE_MAX },
};

static inline json_t *form_opaque(const rk_element *e, bool is_unsigned)
{
    float single;
    double wide;
    uint32_t low = (uint32_t)e->number;
    switch (e->number2) {
    case 3:
        memcpy(&single, &low, sizeof single);
        return form_double((double)single, 9);
    case 4:
        memcpy(&wide, &e->number, sizeof wide);
        return form_double(wide, 17);
    case 5:
        return latin_1(e->item);
    default:
        return is_unsigned ? form_number_text(e->number) : json_integer((int64_t)e->number);
    }
}

static inline json_t *form_module_value(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    char name[16] = "";
    json_t *get = json_array();
    const form_module *row = NULL;
    for (size_t at = 0; pull(self, &e, err); at++) {
        if (e.kind == RK_ELEMENT_MODULE) {
            snprintf(name, sizeof name, "%.*s", (int)e.item.len, (const char *)e.item.ptr);
            for (size_t i = 0; i < sizeof form_modules / sizeof form_modules[0]; i++)
                if (strcmp(name, form_modules[i].name) == 0)
                    row = &form_modules[i];
            continue;
        }
        size_t index = at - 1; /* the name came first */
        bool is_unsigned = strcmp(name, "mixtypes-") == 0 && index == 1;
        if (row && index >= row->from && index < row->to)
            json_array_append_new(get, form_opaque(&e, is_unsigned));
    }
    return json_pack("{s:s,s:o}", "module", name, "get", get);
}

/* ---- streams
 * --------------------------------------------------------------------------------------------------- */

typedef struct {
    json_t *value, *groups, *producers, *idmp; /* of the stream */
    json_t *fields, *group, *rows, *rows_by_id, *consumers, *consumer,
        *iids; /* of what is being built; borrowed */
} form_stream;

static inline void form_stream_meta(form_stream *s, const rk_element *e)
{
    json_object_set_new(s->value, "length", json_integer((int64_t)e->number));
    json_object_set_new(s->value, "last_id", form_id(e->id));
    json_object_set_new(s->value, "max_deleted_id", e->has_counters ? form_id(e->max_deleted) : json_null());
    json_object_set_new(s->value, "entries_added", form_or_null(e->has_counters, (int64_t)e->more[0]));
}

static inline void form_stream_group(form_stream *s, const rk_element *e)
{
    json_decref(s->rows_by_id);
    s->rows_by_id = json_object();
    s->rows = json_array();
    s->consumers = json_array();
    bool told = e->has_counters && e->number != UINT64_MAX;
    s->group = json_pack("{s:o,s:o,s:o,s:o,s:o}", "name", latin_1(e->item), "last_id", form_id(e->id),
                         "entries_read", form_or_null(told, (int64_t)e->number), "pel", s->rows, "consumers",
                         s->consumers);
    json_array_append_new(s->groups, s->group);
}

static inline void form_stream_pending(form_stream *s, const rk_element *e)
{
    json_t *id = form_id(e->id);
    json_t *row = json_pack("[O,n,I,I]", id, (json_int_t)e->time_ms, (json_int_t)e->number);
    json_object_set(s->rows_by_id, json_string_value(id), row);
    json_array_append_new(s->rows, row);
    json_decref(id);
}

static inline void form_stream_consumer(form_stream *s, const rk_element *e)
{
    s->consumer = json_pack("{s:o,s:I,s:o,s:[]}", "name", latin_1(e->item), "seen_ms", (json_int_t)e->time_ms,
                            "active_ms", form_or_null(e->has_active, e->active_ms), "pending");
    json_array_append_new(s->consumers, s->consumer);
}

static inline void form_stream_owned(form_stream *s, const rk_element *e)
{
    json_t *id = form_id(e->id);
    json_array_set(json_object_get(s->rows_by_id, json_string_value(id)), 1,
                   json_object_get(s->consumer, "name"));
    json_array_append_new(json_object_get(s->consumer, "pending"), id);
}

static inline void form_stream_nacked(form_stream *s, const rk_element *e)
{
    if (!json_object_get(s->group, "nacked"))
        json_object_set_new(s->group, "nacked", json_array());
    json_array_append_new(json_object_get(s->group, "nacked"), form_id(e->id));
}

static inline void form_stream_idempotent(form_stream *s, const rk_element *e)
{
    json_array_append_new(s->iids, json_pack("[o,o]", latin_1(e->item), form_id(e->id)));
}

static inline void form_stream_producer(form_stream *s, const rk_element *e)
{
    s->iids = json_array();
    json_array_append_new(s->producers, json_pack("[o,o]", latin_1(e->item), s->iids));
}

/* Producers without entries are left out of the truth, and so is what was never used. */
static inline void form_stream_idmp(form_stream *s, const rk_element *e)
{
    for (size_t i = json_array_size(s->producers); i > 0; i--)
        if (json_array_size(json_array_get(json_array_get(s->producers, i - 1), 1)) == 0)
            json_array_remove(s->producers, i - 1);
    if (e->number == 100 && e->number2 == 100 && json_array_size(s->producers) == 0 && !e->more[0] &&
        !e->more[1])
        return;
    json_object_set_new(s->value, "idmp",
                        json_pack("{s:I,s:I,s:O,s:I,s:I}", "duration", (json_int_t)e->number, "max_entries",
                                  (json_int_t)e->number2, "producers", s->producers, "iids_added",
                                  (json_int_t)e->more[0], "iids_duplicates", (json_int_t)e->more[1]));
}

static inline json_t *form_stream_value(form_pull pull, void *self, rk_err *err)
{
    rk_element e;
    form_stream s = { .groups = json_array(), .producers = json_array() };
    s.value = json_pack("{s:[],s:o}", "entries", "groups", s.groups);
    while (pull(self, &e, err)) {
        switch (e.kind) {
        case RK_ELEMENT_ENTRY:
            s.fields = json_array();
            json_array_append_new(json_object_get(s.value, "entries"),
                                  json_pack("[o,o]", form_id(e.id), s.fields));
            break;
        case RK_ELEMENT_ENTRY_FIELD:
            json_array_append_new(s.fields, latin_1(e.item));
            json_array_append_new(s.fields, latin_1(e.value));
            break;
        case RK_ELEMENT_STREAM:
            form_stream_meta(&s, &e);
            break;
        case RK_ELEMENT_GROUP:
            form_stream_group(&s, &e);
            break;
        case RK_ELEMENT_PENDING:
            form_stream_pending(&s, &e);
            break;
        case RK_ELEMENT_CONSUMER:
            form_stream_consumer(&s, &e);
            break;
        case RK_ELEMENT_OWNED:
            form_stream_owned(&s, &e);
            break;
        case RK_ELEMENT_NACKED:
            form_stream_nacked(&s, &e);
            break;
        case RK_ELEMENT_PRODUCER:
            form_stream_producer(&s, &e);
            break;
        case RK_ELEMENT_IDEMPOTENT:
            form_stream_idempotent(&s, &e);
            break;
        default:
            form_stream_idmp(&s, &e);
        }
    }
    json_decref(s.rows_by_id);
    json_decref(s.producers);
    return s.value;
}

static inline json_t *form_value(rk_type type, form_pull pull, void *self, rk_err *err)
{
    switch (type) {
    case RK_STRING:
        return form_string(pull, self, err);
    case RK_LIST:
        return form_list(pull, self, err);
    case RK_STREAM:
        return form_stream_value(pull, self, err);
    case RK_ARRAY:
        return form_array(pull, self, err);
    case RK_MODULE:
        return form_module_value(pull, self, err);
    default:
        return form_sorted(pull, self, err);
    }
}

/* ---- key metadata
 * ---------------------------------------------------------------------------------------------- */

/* Reads the values of one class as a module value would be: `rest` begins behind the class. Returns how many
 * bytes they take, 0 when they cannot be read; the text is the first string. */
static inline size_t form_meta_payload(rk_slice rest, json_t **text)
{
    static const char head[] = "REDIS0014\7\0\x81\0\0\0\0\0\0\0\0";
    rk_buf file = { 0 };
    rk_err err = { 0 };
    rk_record rec;
    rk_element e;
    *text = NULL;
    rk_buf_add(&file, (rk_slice){ (const uint8_t *)head, sizeof head - 1 }, &err);
    rk_buf_add(&file, rest, &err);
    rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    size_t taken = 0;
    if (rdb && rk_rdb_next(rdb, &rec, &err)) {
        while (rk_rdb_element(rdb, &e, &err))
            if (e.kind == RK_ELEMENT_OPAQUE && e.number2 == 5 && !*text)
                *text = latin_1(e.item);
        taken = err.code == RK_OK ? (size_t)rk_rdb_offset(rdb) - (sizeof head - 1) : 0;
    }
    rk_rdb_close(rdb);
    rk_source_close(source);
    rk_buf_free(&file);
    return taken;
}

/* The KEY_META record of a key as [[class, text], ...] sorted by class. */
static inline json_t *form_key_meta(const rk_key *key)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    form_row rows[8] = { 0 };
    size_t count = 0, taken = 1;
    rk_slice rest = rk_slice_from(key->meta, 1);
    for (; count < key->meta_classes && count < 8 && rest.len > 4 && taken > 0; count++) {
        uint32_t spec;
        char name[5] = "";
        memcpy(&spec, rest.ptr, 4);
        for (int i = 0; i < 4; i++)
            name[i] = alphabet[spec >> (26 - 6 * i) & 63];
        json_t *text = NULL;
        taken = form_meta_payload(rk_slice_from(rest, 4), &text);
        rows[count].key = json_string(name);
        rows[count].json = json_pack("[O,o?]", rows[count].key, text);
        rest = rk_slice_from(rest, 4 + taken);
    }
    qsort(rows, count, sizeof rows[0], form_row_order);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(all, rows[i].json);
        json_decref(rows[i].key);
    }
    if (rest.len > 0 || count != key->meta_classes)
        json_array_append_new(all, json_string("bytes behind the last class"));
    return all;
}

#endif
