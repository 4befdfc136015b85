/* file_line: what is known of a snapshot file, in facts with commas between. */
#include "file_line.h"

void rk_file_line_add(rk_file_line *f, const char *format, ...)
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

void rk_file_line_size(rk_file_line *f, const rk_snapshot_info *info)
{
    rk_human size, content;
    bool packed = strcmp(info->packing, "plain") != 0;
    rk_human_size(info->file_size, &size);
    if (packed)
        rk_file_line_add(f, "%s of %s (%s unpacked)", size.text, info->packing,
                         rk_human_size(info->content_size, &content));
    else
        rk_file_line_add(f, "%s", size.text);
}

const char *rk_file_line_time_word(const rk_snapshot_info *info)
{
    return info->log.files == 0 ? "saved" : info->log.annotated ? "as of" : "base saved";
}

void rk_file_line_checksum(rk_file_line *f, const rk_snapshot_info *info)
{
    const char *name = rk_checksum_name(info->checksum);
    if (info->log.files > 0)
        return;
    if (strcmp(name, "absent") == 0)
        rk_file_line_add(f, "no checksum (the server wrote none)");
    else if (strcmp(name, "unseen") == 0)
        rk_file_line_add(f, "checksum not reached");
    else
        rk_file_line_add(f, "checksum %s", name);
}

void rk_file_line_writer(rk_file_line *f, const rk_snapshot_info *info)
{
    rk_human commands, files;
    rk_file_line_add(f, "%s", info->server);
    if (info->log.files > 0)
        rk_file_line_add(f, "log of %s in %s", rk_human_things(info->log.commands, "command", &commands),
                         rk_human_things(info->log.files, "file", &files));
    else
        rk_file_line_add(f, "RDB %" PRIu32 "%s", info->rdb_version, info->valkey_magic ? " (VALKEY)" : "");
}

static void add_count(rk_file_line *f, uint64_t count, const char *thing, const char *behind)
{
    rk_human words;
    if (count > 0)
        rk_file_line_add(f, "%s%s", rk_human_things(count, thing, &words), behind);
}

/* What a replay met that a person should know. */
static void add_log(rk_file_line *f, const rk_log_facts *log)
{
    if (log->torn)
        add_count(f, log->torn_bytes, "byte",
                  log->open_multi ? " of a transaction without its end left out" : " of a torn end left out");
    add_count(f, log->failed, "command", " failed, as on a server");
    add_count(f, log->opaque, "command", " could not be replayed");
    add_count(f, log->uncertain_keys, "key", " uncertain");
    if (log->all_uncertain)
        rk_file_line_add(f, "every key may be uncertain");
    if (log->relative_times)
        rk_file_line_add(f, "expiries given as spans from no known time: not set");
    if (log->stopped)
        rk_file_line_add(f, "what came later left out");
}

void rk_file_line_unusual(rk_file_line *f, const rk_snapshot_info *info, const char *behind)
{
    rk_human count;
    add_log(f, &info->log);
    add_count(f, info->functions, "function library record", "");
    for (size_t i = 0; i < info->module_count; i++) {
        const rk_module_use *m = &info->modules[i];
        if (m->values)
            rk_file_line_add(f, "%s of module %s", rk_human_things(m->values, "value", &count), m->name);
        if (m->records)
            rk_file_line_add(f, "%s of module %s outside keys", rk_human_things(m->records, "record", &count),
                             m->name);
    }
    char of_vendor[80];
    snprintf(of_vendor, sizeof of_vendor, " of a vendor%s", behind);
    add_count(f, info->sub_key_expiries, "sub-key expiry record", of_vendor);
    add_count(f, info->vendor_records, "record", of_vendor);
    add_count(f, info->slot_imports, "slot import", " under way when it was saved");
    add_count(f, info->trailing, "byte", " behind the end (ignored)");
    if (info->expiry_without_key)
        rk_file_line_add(f, "an expiry without a key");
}
