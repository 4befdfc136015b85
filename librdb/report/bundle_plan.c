/* bundle_plan: where the jobs of a bundle would go, and what came into one. */
#include "bundle_view.h"

/* Jobs of one place of the bundle. */
typedef struct {
    uint32_t db, to_db;
    rk_place_kind kind;
    rk_buf key, to;
    bool scored, has_target;
    double first, last;
    uint64_t acts[RK_ACTS];
} plan_row;

typedef struct {
    const rk_bundle_report *report;
    rk_table *table;
    json_t *list; /* instead of the table */
    plan_row row;
    uint64_t places, acts[RK_ACTS];
    rk_err *err;
} plan_view;

static void add_text_row(plan_view *v)
{
    const plan_row *row = &v->row;
    char key[200], to[200], acts[160];
    rk_human first, last;
    if (v->places > v->report->limit)
        return;
    rk_table_row(v->table,
                 (const char *[]){ rk_bundle_view_key(row->db, rk_buf_slice(&row->key), key, sizeof key),
                                   rk_bundle_place_name(row->kind),
                                   row->has_target
                                       ? rk_bundle_view_key(row->to_db, rk_buf_slice(&row->to), to, sizeof to)
                                       : "(nowhere)",
                                   rk_bundle_view_acts(row->acts, acts, sizeof acts),
                                   row->scored && row->has_target ? rk_human_time(row->first, &first) : "",
                                   row->scored && row->has_target ? rk_human_time(row->last, &last) : "" });
}

static void add_json_row(plan_view *v)
{
    const plan_row *row = &v->row;
    bool scored = row->scored && row->has_target;
    json_t *json =
        json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "db", rk_json_out_count(row->db), "key",
                  rk_json_out_text(rk_buf_slice(&row->key)), "place", rk_bundle_place_name(row->kind),
                  "to_db", row->has_target ? rk_json_out_count(row->to_db) : json_null(), "to_key",
                  row->has_target ? rk_json_out_text(rk_buf_slice(&row->to)) : json_null(), "first_score",
                  scored ? rk_json_out_score(row->first) : json_null(), "last_score",
                  scored ? rk_json_out_score(row->last) : json_null());
    for (size_t i = 0; i < RK_ACTS; i++)
        json = rk_json_set(json, rk_act_name((rk_act)i), rk_json_out_count(row->acts[i]));
    v->list = rk_json_append(v->list, json);
}

/* The row at hand is complete. */
static void end_row(plan_view *v)
{
    uint64_t jobs = 0;
    for (size_t i = 0; i < RK_ACTS; i++) {
        jobs += v->row.acts[i];
        v->acts[i] += v->row.acts[i];
    }
    if (jobs == 0)
        return;
    v->places++;
    if (v->report->form == RK_BUNDLE_TEXT)
        add_text_row(v);
    else
        add_json_row(v);
}

static bool begin_row(plan_view *v, const rk_bundle_job *job)
{
    plan_row *row = &v->row;
    end_row(v);
    *row = (plan_row){ .db = job->db, .kind = job->kind, .key = row->key, .to = row->to };
    row->key.len = row->to.len = 0;
    return rk_buf_add(&row->key, job->key, v->err);
}

static bool note(plan_view *v, const rk_restore_plan *plan, const rk_bundle_job *job,
                 rk_restore_target *target)
{
    plan_row *row = &v->row;
    bool same = row->key.len > 0 && row->db == job->db && row->kind == job->kind &&
                rk_slice_is(rk_buf_slice(&row->key), job->key);
    if (!same && !begin_row(v, job))
        return false;
    row->acts[job->act]++;
    if (job->act == RK_ACT_HOLD)
        return true;
    if (!rk_restore_plan_target(plan, job, target, v->err))
        return false;
    if (!row->has_target) {
        row->has_target = true;
        row->to_db = target->db;
        row->scored = !target->is_list;
        row->first = row->last = target->score;
        return rk_buf_add(&row->to, rk_buf_slice(&target->key), v->err);
    }
    row->first = target->score < row->first ? target->score : row->first;
    row->last = target->score > row->last ? target->score : row->last;
    return true;
}

static bool write_all(plan_view *v, rk_bundle *bundle)
{
    const rk_bundle_report *report = v->report;
    char path[300], acts[200];
    if (report->form != RK_BUNDLE_TEXT)
        return rk_bundle_json_put(report, rk_json_set(rk_bundle_json_head(report, bundle), "plan", v->list),
                                  v->err);
    rk_bundle_view_acts(v->acts, acts, sizeof acts);
    fprintf(report->out, "%s: %s\n\n", rk_slice_print(rk_slice_of(report->path), path, sizeof path),
            acts[0] ? acts : "no jobs");
    if (!rk_table_write(v->table, "  ", report->out, v->err))
        return false;
    rk_bundle_view_more(report, v->places, "more place");
    return true;
}

bool rk_bundle_report_plan(const rk_bundle_report *report, rk_bundle *bundle, const rk_restore_plan *plan,
                           rk_err *err)
{
    static const char *const titles[] = {
        "PLACE", "FROM", "GOES TO", "JOBS", "FIRST, UTC", "LAST, UTC", NULL
    };
    bool text = report->form == RK_BUNDLE_TEXT, ok = true;
    rk_bundle_job job;
    rk_restore_target target = { 0 };
    plan_view v = { .report = report,
                    .table = text ? rk_table_new(titles) : NULL,
                    .list = text ? NULL : json_array(),
                    .err = err };
    rk_bundle_rewind(bundle, false);
    while (ok && rk_bundle_next(bundle, &job, err))
        ok = note(&v, plan, &job, &target);
    end_row(&v);
    ok = write_all(&v, bundle) && ok && err->code == RK_OK;
    rk_restore_target_free(&target);
    rk_buf_free(&v.row.key);
    rk_buf_free(&v.row.to);
    return ok;
}

/* ---- what came into one ------------------------------------------------------------------------------------------------ */

void rk_bundle_report_created(const rk_bundle_report *report, const rk_create_counts *c)
{
    const struct {
        uint64_t count;
        const char *words;
    } others[] = {
        { c->there, "there already" },    { c->unmeant, "not meant by the filter" },
        { c->doubles, "met twice" },      { c->echoes, "shown by a work hash, and elsewhere too" },
        { c->noise, "of sidekiq_alive" },
    };
    char path[300], line[400] = "";
    rk_human jobs, held, read, count;
    fprintf(report->out, "%s: %s, of which %s held; %s read\n",
            rk_slice_print(rk_slice_of(report->path), path, sizeof path),
            rk_human_things(c->jobs, "job", &jobs), rk_human_count(c->held, &held),
            rk_human_count(c->read, &read));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].count > 0)
            rk_human_join(line, sizeof line, ", ", "%s %s", rk_human_count(others[i].count, &count),
                          others[i].words);
    if (line[0])
        fprintf(report->out, "  left out: %s\n", line);
}
