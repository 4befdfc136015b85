/* text_files: what was compared: two lines a file, and more where a file holds something unusual. */
#include "file_line.h"
#include "text.h"

enum { INDENT = 5 };

/* The line below the path. `held`: jobs that work hashes show. `before`: the time of OLD's first file, -1
 * where there is none to compare with. */
static void usual_facts(rk_file_line *f, const rk_text *text, const rk_snapshot_info *info,
                        uint64_t job_count, uint64_t held, int64_t before)
{
    rk_human stamp, span, keys, jobs;
    const char *word = rk_file_line_time_word(info);
    rk_file_line_writer(f, info);
    if (info->ctime < 0)
        rk_file_line_add(f, "time not told");
    else if (before < 0)
        rk_file_line_add(f, "%s %s", word, rk_human_stamp((double)info->ctime, &stamp));
    else if (info->ctime == before)
        rk_file_line_add(f, "%s %s, in the same second", word, rk_human_stamp((double)info->ctime, &stamp));
    else if (info->ctime > before)
        rk_file_line_add(f, "%s %s, %s later", word, rk_human_stamp((double)info->ctime, &stamp),
                         rk_human_span((double)(info->ctime - before), &span));
    else
        rk_file_line_add(f, "%s %s, %s before OLD", word, rk_human_stamp((double)info->ctime, &stamp),
                         rk_human_span((double)(before - info->ctime), &span));
    rk_file_line_size(f, info);
    rk_file_line_add(f, "%s", rk_human_things(info->keys, "key", &keys));
    if (!text->options->no_jobs)
        rk_file_line_add(f, "%s", rk_human_things(job_count, "job", &jobs));
    if (held > 0)
        rk_file_line_add(f, "%s in hand", rk_human_count(held, &jobs));
    rk_file_line_checksum(f, info);
}

static void file(const rk_text *text, bool new_side, size_t i, int64_t before)
{
    const rk_snapshot_info *info = rk_diff_input(text->diff, new_side, i);
    char path[400], indent[INDENT + 1];
    rk_file_line usual = { "", 0 }, unusual = { "", 0 };
    uint64_t held =
        rk_diff_input(text->diff, new_side, 1) ? 0 : rk_diff_layouts(text->diff, new_side)->held_count;
    usual_facts(&usual, text, info, rk_diff_input_jobs(text->diff, new_side, i), held, before);
    rk_file_line_unusual(&unusual, info, " (not compared)");
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
