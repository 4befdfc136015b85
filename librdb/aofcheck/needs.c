/* needs: what stands between a set and a server: its kind, its snapshots, its commands and their forms (spec: AOF,
 * "Complete list of write commands by first release"; Compatibility for the snapshots). */
#include "../check/loadable.h"
#include "run.h"

#include <stdio.h>

enum { DATABASES = 16, FIRST_LIKE_SETS = 700, FIRST_LIKE_HEADS = 400 };

typedef struct {
    load_view view; /* of the server; its subject is not used */
    const rk_aofcheck *c;
} needs;

/* " (first: byte 812 of appendonly.aof.1.incr.aof)" */
static const char *first_use(const needs *n, const aofcheck_use *use, char out[160])
{
    if (n->c->is_folder)
        snprintf(out, 160, " (%sbyte %" PRIu64 " of %.100s)", use->count > 1 ? "first: " : "", use->offset,
                 n->c->parts[use->part].part.name);
    else
        snprintf(out, 160, " (%sbyte %" PRIu64 ")", use->count > 1 ? "first: " : "", use->offset);
    return out;
}

static void upper(char *word)
{
    for (; *word; word++)
        if (*word >= 'a' && *word <= 'z')
            *word = (char)(*word - 'a' + 'A');
}

/* ---- the set ------------------------------------------------------------------------------------------------- */

static void need_damage(needs *n)
{
    load_words things;
    rk_obstacle o = { .id = "damage", .blocks = true, .count = n->c->found[RK_PROBLEM_DAMAGE] };
    const rk_aof_load *load = &n->c->load;
    if (o.count == 0)
        return;
    load_things(o.count, "problem of damage", "problems of damage", &things);
    if (load->with == RK_LOAD_CUT)
        load_add(&n->view, &o, things.text, "cuts off what stands behind the first, or does not start",
                 "`rdbcheck --salvage OUT` keeps what follows on the damage");
    else if (load->with == RK_LOAD_EMPTY)
        load_add(&n->view, &o, things.text, "starts empty", "`rdbcheck --salvage OUT` writes a manifest");
    else if (load->with == RK_LOAD_REFUSED)
        load_add(&n->view, &o, things.text, "does not start", "`rdbcheck --salvage OUT` saves what is sound");
    else
        load_add(&n->view, &o, things.text, "does not notice, and lacks what is lost", "");
}

static void need_kind(needs *n)
{
    rk_obstacle dragonfly = { .id = "append_only", .blocks = true };
    rk_obstacle sets = { .id = "multi_part", .blocks = true },
                notes = { .id = "annotations", .blocks = true };
    const server_row *row = n->view.row;
    load_words things;
    if (row->kind == RK_SERVER_DRAGONFLY) {
        load_add(&n->view, &dragonfly, "an append-only file", "reads none",
                 "a snapshot of what it comes to can be loaded");
        return;
    }
    if (n->c->is_folder && row->like < FIRST_LIKE_SETS)
        load_add(&n->view, &sets, "a set of several files with a manifest",
                 "does not look for one, and starts empty",
                 row->like >= FIRST_LIKE_HEADS
                     ? "its files in order, written into one, are one append-only file"
                     : "");
    notes.count = n->c->notes;
    if (notes.count > 0 && row->like < FIRST_LIKE_SETS)
        load_add(&n->view, &notes, load_things(notes.count, "annotation", "annotations", &things),
                 "takes them for damage, and does not start", "left out, nothing but times is lost");
}

static void need_databases(needs *n)
{
    char things[60], words[160], first[160];
    rk_obstacle o = { .id = "databases", .blocks = true, .needs = true };
    if (n->c->highest_db < DATABASES)
        return;
    snprintf(things, sizeof things, "database %" PRIu64, n->c->highest_db);
    snprintf(words, sizeof words, "needs `databases %" PRIu64 "` at least%s", n->c->highest_db + 1,
             first_use(n, &n->c->high_db, first));
    load_add(&n->view, &o, things, words, "without it the keys go to another database");
}

/* ---- snapshots ----------------------------------------------------------------------------------------------- */

/* Obstacles of a head; what is told of the set as a whole is not told again. */
static void need_head(needs *n, const rk_aof_part *part)
{
    rk_obstacle o;
    for (size_t i = 0; rk_obstacle_next(part->head, n->view.target, i, &o); i++) {
        if (strcmp(o.id, "damage") == 0 || strcmp(o.id, "aof_base") == 0)
            continue;
        if (n->view.met++ != n->view.wanted)
            continue;
        *n->view.out = o;
        if (n->c->is_folder)
            snprintf(n->view.out->what, sizeof n->view.out->what, "%.60s: %.170s", part->name, o.what);
    }
}

static void need_heads(needs *n)
{
    for (size_t i = 0; i < n->c->loaded; i++)
        if (n->c->parts[i].part.head)
            need_head(n, &n->c->parts[i].part);
}

/* ---- commands -------------------------------------------------------------------------------------------------- */

static bool knows(const server_row *row, unsigned redis, unsigned valkey)
{
    unsigned version = row->major * 100 + row->minor;
    if (row->kind == RK_SERVER_VALKEY)
        return redis <= RELEASE_FORK || (valkey > 0 && version >= valkey);
    return row->like >= redis;
}

static bool knows_verb(const server_row *row, rk_verb verb)
{
    aofcheck_release release = aofcheck_release_of(verb);
    if (aofcheck_is_keydb(verb))
        return row->kind == RK_SERVER_KEYDB;
    return knows(row, release.redis, release.valkey);
}

static void need_verb(needs *n, rk_verb verb)
{
    const aofcheck_use *use = &n->c->verbs[verb];
    rk_obstacle o = { .id = "command", .blocks = true, .count = use->count };
    char name[32], things[80], words[240], first[160], number[32];
    snprintf(name, sizeof name, "%s", rk_verb_row_of(verb)->name);
    upper(name);
    snprintf(things, sizeof things, "%s %s", rk_count_print(use->count, number), name);
    snprintf(words, sizeof words, "does not know %s, and stops there%s", use->count == 1 ? "it" : "them",
             first_use(n, use, first));
    load_add(&n->view, &o, things, words, "");
}

static void need_module(needs *n)
{
    const aofcheck_use *use = &n->c->verbs[RK_VERB_MODULE_VERB];
    rk_obstacle o = { .id = "module_command", .blocks = true, .needs = true, .count = use->count };
    char words[240], first[160];
    load_words things;
    if (use->count == 0)
        return;
    snprintf(words, sizeof words, "stops there without that module%s", first_use(n, use, first));
    load_add(&n->view, &o, load_things(use->count, "command of a module", "commands of modules", &things),
             words, "");
}

static void need_verbs(needs *n)
{
    for (unsigned verb = RK_VERB_UNKNOWN + 1; verb < RK_VERB_MODULE_VERB; verb++)
        if (n->c->verbs[verb].count > 0 && !knows_verb(n->view.row, verb))
            need_verb(n, verb);
    need_module(n);
}

static void need_forms(needs *n)
{
    const aofcheck_form *form;
    for (size_t i = 0; (form = aofcheck_form_at(i)) != NULL; i++) {
        const aofcheck_use *use = &n->c->forms[i];
        rk_obstacle o = { .id = "form", .blocks = true, .count = use->count };
        char things[80], words[240], first[160], number[32];
        if (use->count == 0 || !knows_verb(n->view.row, form->verb) ||
            knows(n->view.row, form->redis, form->valkey))
            continue;
        snprintf(things, sizeof things, "%s %s", rk_count_print(use->count, number), form->text);
        snprintf(words, sizeof words, "fails there without a word, and lacks what %s wrote%s",
                 use->count == 1 ? "it" : "they", first_use(n, use, first));
        load_add(&n->view, &o, things, words, "");
    }
}

static void need_payloads(needs *n)
{
    rk_obstacle o = { .id = "payload", .blocks = true };
    char things[80], words[240], first[160];
    if (n->c->newest_payload <= n->view.row->newest)
        return;
    snprintf(things, sizeof things, "a RESTORE of RDB version %" PRIu64, n->c->newest_payload);
    snprintf(words, sizeof words, "takes version %" PRIu32 " at most, and lacks the key%s",
             n->view.row->newest, first_use(n, &n->c->payload, first));
    load_add(&n->view, &o, things, words, "");
}

static void need_jobs(needs *n)
{
    rk_obstacle o = { .id = "not_judged", .blocks = true };
    load_add(&n->view, &o, "the jobs in commands", "cannot be judged here",
             "check a snapshot of what the set comes to");
}

/* ---- one after the other ---------------------------------------------------------------------------------------- */

static void (*const findings[])(needs *n) = { need_damage, need_kind,     need_heads,    need_verbs,
                                              need_forms,  need_payloads, need_databases };

bool rk_aofcheck_obstacle(const rk_aofcheck *c, const rk_target *target, size_t i, rk_obstacle *obstacle)
{
    server_row row = { 0 };
    rk_target_room name;
    needs n = { .view = { .target = target,
                          .row = &row,
                          .name = rk_target_name(target, &name),
                          .wanted = i,
                          .out = obstacle },
                .c = c };
    if (target->kind == RK_SERVER_SIDEKIQ)
        need_jobs(&n);
    else if (!server_of(target, &row))
        return false;
    for (size_t f = 0;
         target->kind != RK_SERVER_SIDEKIQ && f < sizeof findings / sizeof findings[0] && n.view.met <= i;
         f++)
        findings[f](&n);
    return n.view.met > i;
}

static bool loads(const rk_aofcheck *c, const rk_target *target, bool whole)
{
    rk_obstacle o;
    for (size_t i = 0; rk_aofcheck_obstacle(c, target, i, &o); i++)
        if (o.blocks && !o.needs && (!whole || strcmp(o.id, "damage") != 0))
            return false;
    return true;
}

bool rk_aofcheck_loads(const rk_aofcheck *c, const rk_target *target)
{
    return loads(c, target, false);
}

/* The oldest that knows all that is used, whatever is damaged. */
static const char *oldest(const rk_aofcheck *c, rk_server_kind kind, bool *relaxed)
{
    size_t count;
    const server_row *rows = servers(&count);
    for (unsigned pass = 0; pass <= (kind == RK_SERVER_VALKEY); pass++)
        for (size_t i = 0; i < count; i++) {
            rk_target target = {
                .kind = kind, .major = rows[i].major, .minor = rows[i].minor, .relaxed = pass > 0
            };
            if (rows[i].kind != kind || !loads(c, &target, true))
                continue;
            *relaxed = pass > 0;
            return rows[i].version;
        }
    return NULL;
}

const char *rk_aofcheck_oldest_redis(const rk_aofcheck *c)
{
    bool relaxed;
    return oldest(c, RK_SERVER_REDIS, &relaxed);
}

const char *rk_aofcheck_oldest_valkey(const rk_aofcheck *c, bool *relaxed)
{
    return oldest(c, RK_SERVER_VALKEY, relaxed);
}
