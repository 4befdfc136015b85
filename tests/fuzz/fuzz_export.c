/* fuzz_export: what is written of a snapshot, whatever its bytes. What must hold:
 * - read in steps of one byte it is the same text;
 * - every line of NDJSON but a last one that was cut off is JSON, and says what the elements of the reader say;
 * - JSON is one array of the same objects when the snapshot was read to its end, and no JSON when it was not;
 * - CSV has a row for each key, and each row its twelve columns;
 * - names are told one to a line, and read back to their bytes. */
#include <stdlib.h>

#include "../unit/export/told.h"
#include "../unit/snapshot/truth_form.h"

enum { KEYS_MOST = 300, HELD_MOST = 4 << 20, COLUMNS = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static rk_slice input;

static rk_buf tell(rk_export_format format, bool null_ends, size_t step, rk_err *err)
{
    rk_export_options options = { .format = format, .limit = KEYS_MOST, .null_ends = null_ends };
    return told_by(rk_source_memory(input, step, err), &options, err);
}

/* ---- what the reader says ------------------------------------------------------------------------------------- */

/* Pulls, and notes what makes a comparison pointless: a value too large to be put in order, pending entries that no
 * server has in that order. */
typedef struct {
    rk_snapshot *snapshot;
    uint64_t bytes;
    rk_stream_id before;
    bool pending, odd;
} watcher;

static bool watch(void *self, rk_element *e, rk_err *err)
{
    watcher *w = self;
    if (!rk_snapshot_element(w->snapshot, e, err))
        return false;
    w->bytes += e->item.len + e->value.len + 64;
    if (e->kind == RK_ELEMENT_PENDING) {
        w->odd |= w->pending &&
                  (e->id.ms < w->before.ms || (e->id.ms == w->before.ms && e->id.seq <= w->before.seq));
        w->before = e->id;
    }
    w->pending = e->kind == RK_ELEMENT_PENDING;
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same things in any order: equal members of a broken set have none. */
static bool same_things(const json_t *a, const json_t *b)
{
    size_t count = json_array_size(a);
    if (count != json_array_size(b))
        return false;
    char **left = calloc(count + 1, sizeof *left), **right = calloc(count + 1, sizeof *right);
    must(left && right);
    for (size_t i = 0; i < count; i++) {
        left[i] = json_dumps(json_array_get(a, i), JSON_ENCODE_ANY);
        right[i] = json_dumps(json_array_get(b, i), JSON_ENCODE_ANY);
    }
    qsort(left, count, sizeof *left, by_text);
    qsort(right, count, sizeof *right, by_text);
    bool same = true;
    for (size_t i = 0; i < count; i++) {
        same &= strcmp(left[i], right[i]) == 0;
        free(left[i]);
        free(right[i]);
    }
    free(left);
    free(right);
    return same;
}

static void compare_value(const rk_key *key, const watcher *w, const json_t *read, const json_t *told)
{
    bool sorted = key->type == RK_SET || key->type == RK_ZSET || key->type == RK_HASH;
    if (w->odd || w->bytes > HELD_MOST)
        return;
    if (key->type == RK_MODULE)
        must(json_equal(json_object_get(read, "module"), json_object_get(told, "module")));
    else if (sorted && strcmp(key->encoding, "hash table with member TTL") != 0)
        must(same_things(read, told));
    else if (!sorted && key->type != RK_OTHER)
        must(json_equal(read, told));
}

static void compare_key(const rk_key *key, const watcher *w, json_t *value, const json_t *line)
{
    json_t *told = told_as_truth(line), *name = latin_1(key->name);
    must(json_equal(json_object_get(told, "key"), name));
    must(json_integer_value(json_object_get(told, "db")) == key->db);
    must(strcmp(json_string_value(json_object_get(told, "type")), rk_type_name(key->type)) == 0);
    must(json_is_null(json_object_get(told, "expire_ms")) == (key->expire_ms == RK_NO_EXPIRY));
    must((json_object_get(told, "key_meta") != NULL) == (key->meta_classes > 0));
    compare_value(key, w, value, json_object_get(told, "value"));
    json_decref(name);
    json_decref(told);
}

/* ---- NDJSON and JSON ------------------------------------------------------------------------------------------ */

/* A line as JSON; *large: it holds a number that Jansson has no room for. */
static json_t *parse_line(rk_slice line, rk_buf *quoted, bool *large)
{
    json_error_t error;
    rk_err err = { 0 };
    quote_cursor(line, quoted, &err);
    json_t *json = told_parse(rk_buf_slice(quoted), NULL, 0);
    *large = !json;
    if (!json)
        json = json_loadb((const char *)quoted->ptr, quoted->len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                          &error);
    return json;
}

/* Walks the snapshot beside its lines. Returns how many keys were told to their end. */
static size_t check_lines(rk_slice text, const rk_err *why, bool *large)
{
    rk_err err = { 0 };
    rk_key key;
    rk_slice line;
    rk_buf quoted = { 0 };
    size_t at = 0, keys = 0;
    rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(input, 0, &err), &err);
    while (snapshot && keys < KEYS_MOST && rk_snapshot_next(snapshot, &key, &err)) {
        watcher w = { .snapshot = snapshot };
        bool this_large = false;
        must(told_line(text, &at, &line));
        json_t *value = form_value(key.type, watch, &w, &err);
        json_t *json = parse_line(line, &quoted, &this_large);
        must((json != NULL) == (err.code == RK_OK));
        if (json && !this_large)
            compare_key(&key, &w, value, json);
        *large |= this_large && json;
        keys += json != NULL;
        json_decref(value);
        json_decref(json);
        if (err.code != RK_OK)
            break;
    }
    must(err.code == why->code && !told_line(text, &at, &line));
    rk_snapshot_close(snapshot);
    rk_buf_free(&quoted);
    return keys;
}

/* Was it read to its end, or as far as was asked for? */
static bool is_whole(const rk_err *why, size_t keys)
{
    rk_err err = { 0 };
    rk_key key;
    if (why->code != RK_OK || keys == KEYS_MOST)
        return why->code == RK_OK;
    rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(input, 0, &err), &err);
    while (rk_snapshot_next(snapshot, &key, &err))
        ;
    bool whole = rk_snapshot_info_of(snapshot)->checksum != RK_CHECKSUM_UNSEEN;
    rk_snapshot_close(snapshot);
    return whole;
}

static void check_array(const rk_err *why, size_t keys, bool large)
{
    rk_err err = { 0 };
    json_error_t error;
    rk_buf told = tell(RK_EXPORT_JSON, false, 0, &err), all = { 0 }, quoted = { 0 };
    rk_slice line;
    for (size_t at = 0; told_line(rk_buf_slice(&told), &at, &line);) {
        quote_cursor(line, &quoted, &err);
        rk_buf_add(&all, rk_buf_slice(&quoted), &err);
    }
    size_t flags = JSON_ALLOW_NUL | (large ? JSON_DECODE_INT_AS_REAL : 0);
    json_t *json = json_loadb(all.len ? (const char *)all.ptr : "", all.len, flags, &error);
    must((json != NULL) == is_whole(why, keys));
    must(!json || json_array_size(json) == keys);
    json_decref(json);
    rk_buf_free(&told);
    rk_buf_free(&all);
    rk_buf_free(&quoted);
}

/* ---- CSV and names -------------------------------------------------------------------------------------------- */

/* Rows of RFC 4180, each of so many columns. */
static size_t count_rows(rk_slice text)
{
    size_t rows = 0, columns = 1;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        must(c != 0);
        if (c == '"')
            quoted = !quoted; /* a doubled one opens again what it closed */
        else if (!quoted && c == ',')
            columns++;
        else if (!quoted && c == '\n') {
            must(columns == COLUMNS && text.ptr[i - 1] == '\r');
            rows++;
            columns = 1;
        }
    }
    must(!quoted && columns == 1);
    return rows;
}

static void check_rows(size_t keys)
{
    rk_err err = { 0 };
    rk_buf told = tell(RK_EXPORT_CSV, false, 0, &err);
    if (told.len > 0)
        must(count_rows(rk_buf_slice(&told)) == keys + 1);
    rk_buf_free(&told);
}

/* Undoes the escapes of a line. */
static void unescape(rk_slice line, rk_buf *bytes)
{
    rk_err err = { 0 };
    for (size_t i = 0; i < line.len; i++) {
        uint8_t byte = line.ptr[i];
        if (byte == '\\') {
            char digits[3] = { 0 };
            must(line.len - i >= 4 && line.ptr[i + 1] == 'x');
            memcpy(digits, line.ptr + i + 2, 2);
            byte = (uint8_t)strtoul(digits, NULL, 16);
            i += 3;
        }
        must(rk_buf_add(bytes, (rk_slice){ &byte, 1 }, &err));
    }
}

static void check_names(void)
{
    rk_err err = { 0 }, same = { 0 };
    rk_slice line;
    rk_buf lines = tell(RK_EXPORT_KEYS, false, 0, &err), raw = tell(RK_EXPORT_KEYS, true, 0, &same),
           back = { 0 };
    for (size_t at = 0; told_line(rk_buf_slice(&lines), &at, &line);) {
        must(rk_slice_utf8(line));
        unescape(line, &back);
        must(rk_buf_add(&back, (rk_slice){ (const uint8_t *)"", 1 }, &err));
    }
    must(rk_slice_is(rk_buf_slice(&raw), rk_buf_slice(&back)));
    rk_buf_free(&lines);
    rk_buf_free(&raw);
    rk_buf_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_err why = { 0 }, again = { 0 };
    bool large = false;
    input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    rk_buf told = tell(RK_EXPORT_NDJSON, false, 0, &why), steps = tell(RK_EXPORT_NDJSON, false, 1, &again);
    must(rk_slice_is(rk_buf_slice(&told), rk_buf_slice(&steps)) && why.code == again.code);
    size_t keys = check_lines(rk_buf_slice(&told), &why, &large);
    check_array(&why, keys, large);
    check_rows(keys);
    check_names();
    rk_buf_free(&told);
    rk_buf_free(&steps);
    return 0;
}
