/* function: libraries of functions, which a log and a snapshot hold beside the keys (spec: AOF, "Scripts, functions,
 * modules, rest"; RDB, "Functions"). A library is known by the name in its first line: `#!lua name=mylib`. */
#include "payload.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_name(rk_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.ptr[i], letter = byte | 32;
        if (!(letter >= 'a' && letter <= 'z') && !(byte >= '0' && byte <= '9') && byte != '_')
            return false;
    }
    return name.len > 0;
}

/* The next word of a line; empty: there is none. */
static rk_slice next_word(rk_slice *line)
{
    size_t from = 0, to;
    while (from < line->len && is_blank(line->ptr[from]))
        from++;
    for (to = from; to < line->len && !is_blank(line->ptr[to]);)
        to++;
    rk_slice word = { line->ptr + from, to - from };
    *line = rk_slice_from(*line, to);
    return word;
}

/* `#!ENGINE name=NAME`, up to the end of the line. */
static bool name_of(rk_slice source, rk_slice *name)
{
    size_t end = rk_slice_find(source, RK_TEXT("\n"), 0);
    rk_slice line = rk_slice_head(source, end), word;
    *name = RK_EMPTY;
    if (end == SIZE_MAX || !rk_slice_starts(line, RK_TEXT("#!")) || next_word(&line).len <= 2)
        return false;
    while ((word = next_word(&line)).len > 0) {
        if (word.len < 5 || !ks_is(rk_slice_head(word, 5), "name=") || name->len > 0)
            return false;
        *name = rk_slice_from(word, 5);
    }
    return is_name(*name);
}

static ks_library *find(rk_keyspace *ks, rk_slice name)
{
    return ks_dict_find(ks, &ks->libraries, name, rk_hash64(name));
}

static void drop(rk_keyspace *ks, ks_dict *libraries, ks_library *library)
{
    rk_free((void *)(uintptr_t)library->source.ptr);
    ks_dict_remove(ks, libraries, library);
}

static void drop_all(rk_keyspace *ks, ks_dict *libraries)
{
    ks_library *library;
    for (uint32_t at = 0; (library = ks_dict_next(libraries, &at)) != NULL;)
        rk_free((void *)(uintptr_t)library->source.ptr);
    ks_dict_clear(ks, libraries);
}

/* Adds a library under a name that is free. */
static bool add(rk_keyspace *ks, ks_dict *libraries, rk_slice name, rk_slice source)
{
    ks_str own;
    uint8_t *copy = rk_alloc(source.len);
    if (!copy)
        return rk_no_memory(ks->err);
    memcpy(copy, source.ptr, source.len);
    ks_library *library = ks_str_of(ks, name, &own) ? ks_dict_add(ks, libraries, own) : NULL;
    if (!library) {
        rk_free(copy);
        return false;
    }
    library->source = (rk_slice){ copy, source.len };
    return true;
}

bool ks_library_add(rk_keyspace *ks, rk_slice source, bool replace)
{
    rk_slice name;
    if (!name_of(source, &name))
        return true;
    ks_library *there = find(ks, name);
    if (there && !replace)
        return true;
    if (there)
        drop(ks, &ks->libraries, there);
    return !ks_bad(ks) && add(ks, &ks->libraries, name, source);
}

/* The form of 7.0 release candidates has name and engine apart; servers since then write them into a first line. */
bool ks_library_record(rk_keyspace *ks, const rk_record *rec, bool replace)
{
    rk_buf *text = &ks->scratch[2];
    if (rec->engine.len == 0)
        return ks_library_add(ks, rec->value, replace);
    text->len = 0;
    return rk_buf_add(text, RK_TEXT("#!"), ks->err) && rk_buf_add(text, rec->engine, ks->err) &&
           rk_buf_add(text, RK_TEXT(" name="), ks->err) && rk_buf_add(text, rec->name, ks->err) &&
           rk_buf_add(text, RK_TEXT("\n"), ks->err) && rk_buf_add(text, rec->value, ks->err) &&
           ks_library_add(ks, rk_buf_slice(text), replace);
}

/* ---- commands --------------------------------------------------------------------------------------------- */

/* FUNCTION LOAD [REPLACE] source */
static rk_outcome load(ks_call *c)
{
    char shown[100];
    rk_slice name, source = ks_arg(c, ks_argc(c) - 1);
    bool replace = ks_argc(c) == 4 && ks_is(ks_arg(c, 2), "replace");
    if (ks_argc(c) != (replace ? 4u : 3u))
        return ks_fails(c, "%zu arguments, not a library, with REPLACE before it or without", ks_argc(c) - 1);
    if (!name_of(source, &name))
        return ks_fails(c, "the library does not begin with a line like '#!lua name=mylib'");
    if (!replace && find(c->ks, name))
        return ks_fails(c, "library '%s' is there already", rk_slice_print(name, shown, sizeof shown));
    ks_library_add(c->ks, source, true);
    return RK_OUTCOME_DONE;
}

/* FUNCTION DELETE name */
static rk_outcome delete (ks_call *c)
{
    char shown[100];
    ks_library *library = ks_argc(c) == 3 ? find(c->ks, ks_arg(c, 2)) : NULL;
    if (ks_argc(c) != 3)
        return ks_fails(c, "%zu arguments, not the name of a library", ks_argc(c) - 1);
    if (!library)
        return ks_fails(c, "there is no library '%s'", rk_slice_print(ks_arg(c, 2), shown, sizeof shown));
    drop(c->ks, &c->ks->libraries, library);
    return RK_OUTCOME_DONE;
}

/* FUNCTION FLUSH [ASYNC | SYNC] */
static rk_outcome flush(ks_call *c)
{
    bool mode = ks_argc(c) == 3 && (ks_is(ks_arg(c, 2), "sync") || ks_is(ks_arg(c, 2), "async"));
    if (ks_argc(c) != (mode ? 3u : 2u))
        return ks_fails(c, "FLUSH takes SYNC, ASYNC or nothing");
    bool some = c->ks->libraries.count > 0;
    drop_all(c->ks, &c->ks->libraries);
    return some ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* The libraries of a payload go into ks->libraries, which is empty. False, ks->err says why: nothing else is met there. */
static bool read_payload(ks_call *c, ks_payload *p)
{
    rk_record rec;
    rk_slice name;
    rk_keyspace *ks = c->ks;
    while (rk_rdb_offset(p->rdb) < p->len) {
        uint32_t before = ks->libraries.count;
        if (!rk_rdb_next(p->rdb, &rec, ks->err))
            return false;
        if (rec.kind != RK_RECORD_FUNCTION)
            return rk_fail(ks->err, RK_DAMAGED, rec.offset,
                           "the payload holds something else than libraries");
        if (!ks_library_record(ks, &rec, false))
            return false;
        if (ks->libraries.count == before)
            return rk_fail(ks->err, RK_DAMAGED, rec.offset,
                           rec.engine.len == 0 && !name_of(rec.value, &name)
                               ? "a library of the payload has no name"
                               : "the payload holds a library twice");
    }
    return true;
}

typedef enum { POLICY_APPEND, POLICY_REPLACE, POLICY_FLUSH } restore_policy;

/* Adds `fresh` to the libraries. Nothing is changed when one of them is there already and must not be replaced. */
static rk_outcome take_over(ks_call *c, ks_dict *fresh, restore_policy policy)
{
    char shown[100];
    ks_library *library, *there;
    rk_slice name;
    rk_keyspace *ks = c->ks;
    if (policy == POLICY_FLUSH)
        drop_all(ks, &ks->libraries);
    for (uint32_t at = 0; (library = ks_dict_next(fresh, &at)) != NULL;) {
        if (!name_of(library->source, &name))
            continue;
        there = find(ks, name);
        if (there && policy == POLICY_APPEND)
            return ks_fails(c, "library '%s' is there already", rk_slice_print(name, shown, sizeof shown));
    }
    for (uint32_t at = 0; (library = ks_dict_next(fresh, &at)) != NULL && !ks_bad(ks);)
        ks_library_add(ks, library->source, true);
    return fresh->count ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* FUNCTION RESTORE payload [FLUSH | APPEND | REPLACE] */
static rk_outcome restore(ks_call *c)
{
    ks_payload p;
    rk_keyspace *ks = c->ks;
    rk_slice word = ks_argc(c) == 4 ? ks_arg(c, 3) : RK_TEXT("append");
    restore_policy policy = ks_is(word, "flush")     ? POLICY_FLUSH
                            : ks_is(word, "replace") ? POLICY_REPLACE
                                                     : POLICY_APPEND;
    if (ks_argc(c) < 3 || ks_argc(c) > 4 || (policy == POLICY_APPEND && !ks_is(word, "append")))
        return ks_fails(c, "RESTORE takes a payload, and FLUSH, APPEND, REPLACE or nothing");
    if (!ks_payload_open(&p, c, 2))
        return ks_payload_fails(c);
    ks_dict before = ks->libraries, fresh;
    ks_dict_start(&ks->libraries, sizeof(ks_library));
    bool ok = read_payload(c, &p);
    fresh = ks->libraries;
    ks->libraries = before;
    rk_outcome outcome = ok ? take_over(c, &fresh, policy) : ks_payload_fails(c);
    drop_all(ks, &fresh);
    ks_payload_close(&p);
    return outcome;
}

static rk_outcome function(ks_call *c)
{
    static const struct {
        const char *word;
        ks_handler *apply;
    } rows[] = { { "load", load }, { "delete", delete }, { "flush", flush }, { "restore", restore } };
    char shown[60];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (ks_is(ks_arg(c, 1), rows[i].word))
            return rows[i].apply(c);
    return ks_fails(c, "FUNCTION has no subcommand '%s' that changes anything",
                    rk_slice_print(ks_arg(c, 1), shown, sizeof shown));
}

const ks_verb ks_function_verbs[] = { { RK_VERB_FUNCTION, function }, { RK_VERB_UNKNOWN, NULL } };
