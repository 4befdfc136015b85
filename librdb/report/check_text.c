/* check_text: what a check came to, for people. What matters most stands last, where a terminal shows it. */
#include "aofcheck_view.h"
#include "check_view.h"
#include "file_line.h"

/* ---- the head ------------------------------------------------------------------------------------------------------ */

static void write_head(const check_view *v)
{
    rk_file_line usual = { .used = 0 }, unusual = { .used = 0 };
    rk_human stamp, keys;
    char path[400];
    uint64_t in_hand, jobs = check_view_jobs(v->facts, &in_hand);
    rk_file_line_writer(&usual, v->info);
    if (v->info->ctime < 0)
        rk_file_line_add(&usual, "time not told");
    else
        rk_file_line_add(&usual, "saved %s", rk_human_stamp((double)v->info->ctime, &stamp));
    rk_file_line_size(&usual, v->info);
    rk_file_line_add(&usual, "%s", rk_human_things(v->facts->keys, "key", &keys));
    if (v->facts->sidekiq && v->facts->sidekiq->count > 0)
        rk_file_line_add(&usual, "%s", rk_human_things(jobs, "job", &keys));
    if (in_hand > 0)
        rk_file_line_add(&usual, "%s in hand", rk_human_count(in_hand, &keys));
    rk_file_line_checksum(&usual, v->info);
    rk_file_line_unusual(&unusual, v->info, "");
    fprintf(v->out, "%s%s%s\n", rk_ink_code(v->options->colour, RK_INK_BOLD),
            rk_slice_print(rk_slice_of(v->file->path), path, sizeof path),
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    rk_human_fill(v->out, "  ", usual.text);
    if (unusual.used > 0)
        rk_human_fill(v->out, "  ", unusual.text);
}

/* ---- facts in sentences -------------------------------------------------------------------------------------------- */

static void write_field_ttls(const check_view *v)
{
    const rk_trait *trait = &v->facts->traits[RK_TRAIT_FIELD_TTL];
    char line[300] = "", key[100];
    rk_human count;
    if (trait->count == 0)
        return;
    rk_human_join(line, sizeof line, "", "%s in ", rk_human_things(v->facts->field_ttls, "field", &count));
    rk_human_join(line, sizeof line, "", "%s %s, first '%s' in db %" PRIu32,
                  rk_human_count(trait->count, &count), trait->count == 1 ? "hash" : "hashes",
                  rk_slice_print(trait->key, key, sizeof key), trait->db);
    rk_human_fill(v->out, "field TTL: ", line);
}

static void write_functions(const check_view *v)
{
    char line[1600] = "", name[100];
    for (size_t i = 0; i < v->facts->function_count; i++)
        rk_human_join(line, sizeof line, ", ", "%s",
                      v->facts->functions[i].len ? rk_slice_print(v->facts->functions[i], name, sizeof name)
                                                 : "(no name)");
    if (v->facts->function_count > 0)
        rk_human_fill(v->out, "functions: ", line);
}

static void write_opcodes(const check_view *v)
{
    char line[1600] = "";
    rk_human number;
    for (unsigned i = 0; i < 256; i++)
        if (v->facts->opcodes[i] > 0)
            rk_human_join(line, sizeof line, ", ", "%u: %s", i,
                          rk_human_count(v->facts->opcodes[i], &number));
    rk_human_fill(v->out, "opcodes: ", line);
}

/* ---- problems --------------------------------------------------------------------------------------------------------- */

static void write_problem(const check_view *v, const rk_problem *p)
{
    static const rk_ink inks[] = { [RK_PROBLEM_DAMAGE] = RK_INK_BAD,
                                   [RK_PROBLEM_UNSEEN] = RK_INK_WARN,
                                   [RK_PROBLEM_NOTICE] = RK_INK_PLAIN };
    char line[900] = "", key[120], first[32];
    rk_human_join(line, sizeof line, "", "%s (", p->what);
    if (p->has_key) {
        rk_human_join(line, sizeof line, "", "%s '%s' in db %" PRIu32, rk_type_name(p->type),
                      rk_slice_print(p->key, key, sizeof key), p->db);
        if (p->encoding)
            rk_human_join(line, sizeof line, ", ", "%s", p->encoding);
        rk_human_join(line, sizeof line, "; ", "%s", p->step);
    } else {
        rk_human_join(line, sizeof line, "", "%s", p->step);
    }
    if (p->offset != RK_NO_OFFSET)
        rk_human_join(line, sizeof line, ", ", "byte %" PRIu64, p->offset);
    rk_human_join(line, sizeof line, "", ")");
    snprintf(first, sizeof first, "%s: ", rk_problem_kind_name(p->kind));
    fputs(rk_ink_code(v->options->colour, inks[p->kind]), v->out);
    rk_human_fill(v->out, first, line);
    fputs(rk_ink_code(v->options->colour, RK_INK_PLAIN), v->out);
}

static void write_problems(const check_view *v)
{
    const rk_problem *p;
    uint64_t listed = 0, all = 0;
    rk_human number;
    for (unsigned kind = RK_PROBLEM_DAMAGE; kind <= RK_PROBLEM_NOTICE; kind++)
        all += rk_check_problems(v->check, kind);
    if (all > 0)
        fputc('\n', v->out);
    for (size_t i = 0; listed < v->options->limit && (p = rk_check_problem(v->check, i)) != NULL;
         i++, listed++)
        write_problem(v, p);
    if (listed < all)
        fprintf(v->out, "... and %s more problems%s\n", rk_human_count(all - listed, &number),
                v->options->limit == UINT64_MAX ? "" : " (--limit all)");
}

/* ---- salvage and verdict ------------------------------------------------------------------------------------------- */

static void write_salvage(const check_view *v)
{
    const rk_salvage_result *s = v->file->salvage;
    char line[700] = "", path[300];
    rk_human number;
    if (!v->file->salvaged)
        return;
    rk_human_join(line, sizeof line, "", "%s in ", rk_human_things(s->whole + s->partial, "key", &number));
    rk_human_join(line, sizeof line, "", "%s",
                  rk_slice_print(rk_slice_of(v->file->salvaged), path, sizeof path));
    if (s->partial > 0) {
        rk_human_join(line, sizeof line, ", ", "%s of them with gaps", rk_human_count(s->partial, &number));
        rk_human_join(line, sizeof line, " ", "(%s saved)", rk_human_things(s->pieces, "piece", &number));
    }
    if (s->suspects > 0)
        rk_human_join(line, sizeof line, ", ", "%s suspect", rk_human_count(s->suspects, &number));
    if (s->left_out > 0)
        rk_human_join(line, sizeof line, ", ", "%s left out", rk_human_count(s->left_out, &number));
    if (s->lost > 0)
        rk_human_join(line, sizeof line, ", ", "%s known to be lost", rk_human_count(s->lost, &number));
    rk_human_join(line, sizeof line, "; ", "%s lost", rk_human_things(s->bytes_lost, "byte", &number));
    rk_human_fill(v->out, "salvaged: ", line);
}

static size_t targets_blocked(const check_view *v)
{
    size_t blocked = 0;
    for (size_t i = 0; i < v->options->target_count; i++)
        blocked += !rk_target_loads(v->check, &v->options->targets[i]);
    return blocked;
}

int rk_check_report_exit(const rk_checked_file *file, const rk_check_report_options *options)
{
    const check_view v = { .check = file->check, .options = options };
    if (file->aof)
        return aofcheck_report_exit(file, options);
    if (!file->check)
        return 2;
    int status = rk_check_exit(file->check);
    return status == 0 && targets_blocked(&v) > 0 ? 1 : status;
}

static void write_verdict(const check_view *v)
{
    uint64_t damage = rk_check_problems(v->check, RK_PROBLEM_DAMAGE);
    uint64_t unseen = rk_check_problems(v->check, RK_PROBLEM_UNSEEN);
    int whole = rk_check_exit(v->check);
    size_t blocked = targets_blocked(v);
    rk_human number, keys;
    rk_ink ink = whole == 2 ? RK_INK_WARN : damage || blocked ? RK_INK_BAD : RK_INK_GOOD;
    fprintf(v->out, "%s%s%s: ", rk_ink_code(v->options->colour, ink),
            damage       ? "DAMAGED"
            : whole == 2 ? "CANNOT TELL"
                         : "WHOLE",
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    if (damage)
        fprintf(v->out, "%s, ", rk_human_things(damage, "problem", &number));
    if (unseen)
        fprintf(v->out, "%s not judged, ", rk_human_things(unseen, "thing", &number));
    fprintf(v->out, "%s %s", rk_human_things(v->facts->keys, "key", &keys),
            damage || unseen ? "read" : "checked");
    if (blocked)
        fprintf(v->out, ", but not for %zu of %zu targets", blocked, v->options->target_count);
    fprintf(v->out, " - exit %d\n", rk_check_report_exit(v->file, v->options));
}

/* ---- all of it --------------------------------------------------------------------------------------------------------- */

static bool write_refused(const rk_checked_file *file, const rk_check_report_options *options, FILE *out)
{
    char path[400];
    fprintf(out, "%s%s%s\n%sCANNOT TELL%s: ", rk_ink_code(options->colour, RK_INK_BOLD),
            rk_slice_print(rk_slice_of(file->path), path, sizeof path),
            rk_ink_code(options->colour, RK_INK_PLAIN), rk_ink_code(options->colour, RK_INK_WARN),
            rk_ink_code(options->colour, RK_INK_PLAIN));
    fprintf(out, "%s - exit 2\n", file->refused->what);
    return true;
}

bool rk_check_report_text(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                          rk_err *err)
{
    if (file->aof)
        return aofcheck_report_text(file, options, out, err);
    if (!file->check)
        return write_refused(file, options, out);
    const check_view v = { .file = file,
                           .check = file->check,
                           .info = rk_check_info(file->check),
                           .facts = rk_check_facts(file->check),
                           .options = options,
                           .out = out,
                           .err = err };
    write_head(&v);
    if (!check_write_keys(&v) || !check_write_encodings(&v) || !check_write_biggest(&v) ||
        !check_write_places(&v) || (options->verbose && !check_write_aux(&v)))
        return false;
    if (v.facts->function_count > 0 || v.facts->traits[RK_TRAIT_FIELD_TTL].count > 0 || options->verbose)
        fputc('\n', out);
    write_field_ttls(&v);
    write_functions(&v);
    if (options->verbose)
        write_opcodes(&v);
    write_problems(&v);
    check_write_loads(&v);
    write_salvage(&v);
    write_verdict(&v);
    return true;
}
