/* text_keys: keys that hold no jobs: how many are equal, and what differs in the others. */
#include "text.h"

#include "rows.h"

static void summary(const rk_text *text)
{
    const rk_key_counts *keys = rk_diff_keys(text->diff);
    char line[400] = "";
    rk_human count;
    rk_human_join(line, sizeof line, ", ", "%s equal",
                  rk_human_count(keys->equal + keys->equal_other_encoding, &count));
    const struct {
        uint64_t count;
        const char *words;
    } others[] = { { keys->equal_other_encoding, "of them in another encoding" },
                   { keys->changed, "changed" },
                   { keys->only_old, "only in OLD" },
                   { keys->only_new, "only in NEW" },
                   { keys->expired, "expired in between" },
                   { keys->volatile_keys, "volatile" },
                   { keys->empty, "empty" } };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].count > 0)
            rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(others[i].count, &count),
                          others[i].words);
    fputc('\n', text->out);
    rk_human_fill(text->out, text->options->no_jobs ? "keys: " : "other keys: ", line);
}

/* ---- one key
 * ------------------------------------------------------------------------------------------------ */

static const char *expiry_words(int64_t expire_ms, rk_human *room)
{
    return expire_ms == RK_NO_EXPIRY ? "never" : rk_human_time((double)expire_ms / 1000, room);
}

static const char *elements_words(rk_type type, uint64_t elements, rk_human *room)
{
    static const char *const words[] = {
        [RK_LIST] = "element", [RK_SET] = "member",   [RK_ZSET] = "member",
        [RK_HASH] = "field",   [RK_STREAM] = "entry", [RK_ARRAY] = "element"
    };
    const char *word = (unsigned)type < sizeof words / sizeof words[0] ? words[type] : NULL;
    room->text[0] = 0;
    if (word && type == RK_STREAM)
        snprintf(room->text, sizeof room->text, "%" PRIu64 " entries", elements);
    else if (word)
        rk_human_things(elements, word, room);
    return room->text;
}

static void changed_words(const rk_key_finding *f, char *out, size_t cap)
{
    rk_human was, is;
    if (f->type_differs)
        rk_human_join(out, cap, ", ", "%s, was %s", rk_type_name(f->new_type), rk_type_name(f->old_type));
    else if (f->value_differs && f->old_elements != f->new_elements)
        rk_human_join(out, cap, ", ", "%s, were %s", elements_words(f->new_type, f->new_elements, &is),
                      rk_human_count(f->old_elements, &was));
    else if (f->value_differs)
        rk_human_join(out, cap, ", ", "value differs");
    if (f->ttl_differs && f->new_expire_ms == RK_NO_EXPIRY)
        rk_human_join(out, cap, ", ", "lost its expiry (%s)", expiry_words(f->old_expire_ms, &was));
    else if (f->ttl_differs)
        rk_human_join(out, cap, ", ", "expires %s, was %s", expiry_words(f->new_expire_ms, &is),
                      expiry_words(f->old_expire_ms, &was));
}

static void only_words(const rk_key_finding *f, bool in_new, char *out, size_t cap)
{
    rk_human words;
    int64_t expire_ms = in_new ? f->new_expire_ms : f->old_expire_ms;
    elements_words(in_new ? f->new_type : f->old_type, in_new ? f->new_elements : f->old_elements, &words);
    rk_human_join(out, cap, ", ", "%s",
                  f->verdict == RK_KEY_EXPIRED ? "expired in between"
                  : in_new                     ? "only in NEW"
                                               : "only in OLD");
    if (words.text[0])
        rk_human_join(out, cap, ", ", "%s", words.text);
    if (expire_ms != RK_NO_EXPIRY)
        rk_human_join(out, cap, ", ", "expires %s", expiry_words(expire_ms, &words));
}

static bool add_key(const rk_text *text, rk_rows *rows, const rk_key_finding *f)
{
    bool in_new = f->verdict == RK_KEY_ONLY_NEW;
    char name[300], key[340], what[300] = "";
    rk_slice_print(f->name, name, sizeof name);
    if (!name[0])
        snprintf(name, sizeof name, "(empty name)");
    if (text->with_db || f->db != 0)
        snprintf(key, sizeof key, "db%" PRIu32 " %s", f->db, name);
    else
        snprintf(key, sizeof key, "%s", name);
    if (f->verdict == RK_KEY_CHANGED)
        changed_words(f, what, sizeof what);
    else
        only_words(f, in_new, what, sizeof what);
    const char *const row[RK_ROWS_COLUMNS] = { key,  rk_type_name(in_new ? f->new_type : f->old_type),
                                               what, "",
                                               "",   "" };
    return rk_rows_add(rows, row, "", text->options->limit == UINT64_MAX, text->err);
}

/* ---- all of them
 * -------------------------------------------------------------------------------------------- */

bool rk_text_keys(rk_text *text)
{
    static const char *const titles[RK_ROWS_COLUMNS] = { "KEY", "TYPE", "WHAT", "", "", "" };
    rk_key_finding finding;
    rk_rows rows = { .widest = 60 };
    rk_human more;
    uint64_t count = 0;
    rk_key_cursor *cursor = rk_key_cursor_open(text->diff, text->err);
    bool ok = cursor != NULL;
    while (ok && !ferror(text->out) && rk_key_cursor_next(cursor, &finding, text->err)) {
        ok = rk_notes_key(&text->notes, text->diff, &finding, text->err);
        if (!ok || (finding.verdict == RK_KEY_EXPIRED && !text->options->verbose))
            continue;
        if (count++ < text->options->limit)
            ok = add_key(text, &rows, &finding);
    }
    ok = ok && text->err->code == RK_OK;
    if (ok) {
        summary(text);
        ok = rk_rows_write(&rows, titles, "  ", text->out, text->err);
        if (ok && count > rows.count)
            fprintf(text->out, "  ... and %s more (--limit all)\n",
                    rk_human_count(count - rows.count, &more));
    }
    rk_key_cursor_close(cursor);
    rk_rows_free(&rows);
    return ok;
}
