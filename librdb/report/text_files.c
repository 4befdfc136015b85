/* text_files: what was compared: two lines a file, and more where a file holds something unusual. */
#include "text.h"

enum { INDENT = 5 };

/* Facts of one file, joined by commas. */
typedef struct {
    char text[1200];
    size_t used;
} facts;

static void add(facts *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(facts *f, const char *format, ...)
{
    va_list args;
    if (f->used > 0 && f->used + 2 < sizeof f->text)
        f->used += (size_t)snprintf(f->text + f->used, sizeof f->text - f->used, ", ");
    va_start(args, format);
    int more = vsnprintf(f->text + f->used, sizeof f->text - f->used, format, args);
    va_end(args);
    for (char *c = f->text + f->used; *c; c++) /* lines break between facts, not in them */
        *c = *c == ' ' ? RK_HUMAN_BLANK : *c;
    f->used += more > 0 ? (size_t)more : 0;
    if (f->used >= sizeof f->text)
        f->used = sizeof f->text - 1;
}

static void add_size(facts *f, const rk_snapshot_info *info)
{
    rk_human size, content;
    bool packed = strcmp(info->packing, "plain") != 0;
    rk_human_size(info->file_size, &size);
    if (packed)
        add(f, "%s of %s (%s unpacked)", size.text, info->packing,
            rk_human_size(info->content_size, &content));
    else
        add(f, "%s", size.text);
}

static void add_checksum(facts *f, rk_checksum checksum)
{
    const char *name = rk_checksum_name(checksum);
    if (strcmp(name, "absent") == 0)
        add(f, "no checksum (the server wrote none)");
    else if (strcmp(name, "unseen") == 0)
        add(f, "checksum not reached");
    else
        add(f, "checksum %s", name);
}

/* The line below the path. `held`: jobs that work hashes show. `before`: the time of OLD's first file, -1
 * where there is none to compare with. */
static void usual_facts(facts *f, const rk_text *text, const rk_snapshot_info *info, uint64_t job_count,
                        uint64_t held, int64_t before)
{
    rk_human stamp, span, keys, jobs;
    add(f, "%s", info->server);
    add(f, "RDB %" PRIu32 "%s", info->rdb_version, info->valkey_magic ? " (VALKEY)" : "");
    if (info->ctime < 0)
        add(f, "time not told");
    else if (before < 0)
        add(f, "saved %s", rk_human_stamp((double)info->ctime, &stamp));
    else if (info->ctime == before)
        add(f, "saved %s, in the same second", rk_human_stamp((double)info->ctime, &stamp));
    else if (info->ctime > before)
        add(f, "saved %s, %s later", rk_human_stamp((double)info->ctime, &stamp),
            rk_human_span((double)(info->ctime - before), &span));
    else
        add(f, "saved %s, %s before OLD", rk_human_stamp((double)info->ctime, &stamp),
            rk_human_span((double)(before - info->ctime), &span));
    add_size(f, info);
    add(f, "%s", rk_human_things(info->keys, "key", &keys));
    if (!text->options->no_jobs)
        add(f, "%s", rk_human_things(job_count, "job", &jobs));
    if (held > 0)
        add(f, "%s in hand", rk_human_count(held, &jobs));
    add_checksum(f, info->checksum);
}

static void add_count(facts *f, uint64_t count, const char *thing, const char *behind)
{
    rk_human words;
    if (count > 0)
        add(f, "%s%s", rk_human_things(count, thing, &words), behind);
}

static void unusual_facts(facts *f, const rk_snapshot_info *info)
{
    rk_human count;
    add_count(f, info->functions, "function library record", "");
    for (size_t i = 0; i < info->module_count; i++) {
        const rk_module_use *m = &info->modules[i];
        if (m->values)
            add(f, "%s of module %s", rk_human_things(m->values, "value", &count), m->name);
        if (m->records)
            add(f, "%s of module %s outside keys", rk_human_things(m->records, "record", &count), m->name);
    }
    add_count(f, info->sub_key_expiries, "sub-key expiry record", " of a vendor (not compared)");
    add_count(f, info->vendor_records, "record", " of a vendor (not compared)");
    add_count(f, info->slot_imports, "slot import", " under way when it was saved");
    add_count(f, info->trailing, "byte", " behind the end (ignored)");
    if (info->expiry_without_key)
        add(f, "an expiry without a key");
}

static void file(const rk_text *text, bool new_side, size_t i, int64_t before)
{
    const rk_snapshot_info *info = rk_diff_input(text->diff, new_side, i);
    char path[400], indent[INDENT + 1];
    facts usual = { "", 0 }, unusual = { "", 0 };
    uint64_t held =
        rk_diff_input(text->diff, new_side, 1) ? 0 : rk_diff_layouts(text->diff, new_side)->held_count;
    usual_facts(&usual, text, info, rk_diff_input_jobs(text->diff, new_side, i), held, before);
    unusual_facts(&unusual, info);
    snprintf(indent, sizeof indent, "%*s", INDENT, "");
    fprintf(text->out, "%s%-*s%s%s\n", rk_text_ink(text, RK_INK_BOLD), INDENT,
            i          ? ""
            : new_side ? "NEW"
                       : "OLD",
            rk_slice_print(rk_slice_of(info->path), path, sizeof path), rk_text_ink(text, RK_INK_PLAIN));
    rk_human_fill(text->out, indent, usual.text);
    if (unusual.used > 0)
        rk_human_fill(text->out, indent, unusual.text);
}

void rk_text_files(const rk_text *text)
{
    const rk_snapshot_info *first = rk_diff_input(text->diff, false, 0);
    for (size_t i = 0; rk_diff_input(text->diff, false, i); i++)
        file(text, false, i, -1);
    for (size_t i = 0; rk_diff_input(text->diff, true, i); i++)
        file(text, true, i, first ? first->ctime : -1);
}
