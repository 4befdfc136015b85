/* facts: a bundle read once through, counted by place, class, reason and time. */
#include <math.h>
#include <stdlib.h>

#include "rdbkit/bundle_look.h"

enum { WORDS_MOST = 4096, SLOTS = WORDS_MOST * 2 };

static const rk_due_row due_rows[RK_DUE_ROWS] = {
    { "overdue", 0, 0 },
    { "within a minute", 60, 0 },
    { "within 10 minutes", 600, 0 },
    { "within an hour", 3600, 0 },
    { "within 6 hours", 21600, 0 },
    { "within a day", 86400, 0 },
    { "within a week", 604800, 0 },
    { "within 30 days", 2592000, 0 },
    { "later", INFINITY, 0 },
};

/* ---- sums ---------------------------------------------------------------------------------------------------------- */

static void add_to(rk_bundle_sum *sum, const rk_bundle_job *job, double time)
{
    sum->jobs++;
    sum->acts[job->act]++;
    sum->payload_bytes += job->payload.len;
    sum->may_have_run += job->may_have_run;
    if (isnan(time))
        return;
    if (!sum->timed || time < sum->oldest_s)
        sum->oldest_s = time;
    if (!sum->timed || time > sum->newest_s)
        sum->newest_s = time;
    sum->timed = true;
}

/* ---- words --------------------------------------------------------------------------------------------------------- */

/* Words by their hash, while they are being gathered. */
typedef struct {
    rk_bundle_words *words;
    uint16_t slots[SLOTS]; /* index + 1; 0: free */
} word_index;

static bool find_word(word_index *index, rk_arena *arena, rk_slice word, rk_bundle_word_row **row,
                      rk_err *err)
{
    rk_bundle_words *w = index->words;
    size_t at = rk_hash64(word) % SLOTS;
    for (; index->slots[at]; at = (at + 1) % SLOTS)
        if (rk_slice_is(w->rows[index->slots[at] - 1].word, word)) {
            *row = &w->rows[index->slots[at] - 1];
            return true;
        }
    *row = NULL;
    if (w->count == WORDS_MOST) {
        w->others++;
        return true;
    }
    if (!rk_grow((void **)&w->rows, &w->cap, w->count + 1, sizeof **row, err))
        return false;
    *row = &w->rows[w->count];
    **row = (rk_bundle_word_row){ 0 };
    if (!rk_arena_copy(arena, word, &(*row)->word, err))
        return false;
    index->slots[at] = (uint16_t)++w->count;
    return true;
}

static int by_jobs(const void *a, const void *b)
{
    const rk_bundle_word_row *v = a, *w = b;
    if (v->sum.jobs != w->sum.jobs)
        return v->sum.jobs > w->sum.jobs ? -1 : 1;
    return rk_slice_compare(v->word, w->word);
}

static void sort_words(rk_bundle_words *words)
{
    if (words->count > 0)
        qsort(words->rows, words->count, sizeof *words->rows, by_jobs);
}

/* ---- jobs ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    rk_bundle_facts *facts;
    double now_s;
    word_index classes, reasons, verdicts, companions;
} reading;

static bool find_place(rk_bundle_facts *f, const rk_bundle_job *job, rk_bundle_place_row **row, rk_err *err)
{
    *row = f->place_count > 0 ? &f->places[f->place_count - 1] : NULL;
    if (*row && (*row)->db == job->db && (*row)->kind == job->kind && rk_slice_is((*row)->key, job->key))
        return true;
    if (!rk_grow((void **)&f->places, &f->place_cap, f->place_count + 1, sizeof **row, err))
        return false;
    *row = &f->places[f->place_count];
    **row = (rk_bundle_place_row){
        .db = job->db, .kind = job->kind, .scored = job->has_score, .first_score = job->score
    };
    if (!rk_arena_copy(&f->arena, job->key, &(*row)->key, err))
        return false;
    f->place_count++;
    return true;
}

static void note_due(rk_bundle_facts *f, const rk_bundle_job *job, double now_s)
{
    if (job->act == RK_ACT_HOLD)
        return;
    if (job->kind != RK_PLACE_SCHEDULE && job->kind != RK_PLACE_RETRY) {
        f->at_once += job->kind != RK_PLACE_DEAD && job->kind != RK_PLACE_INTERRUPTED;
        return;
    }
    size_t row = 0;
    while (row + 1 < RK_DUE_ROWS && !(job->score - now_s < due_rows[row].within_s))
        row++;
    f->due[row].jobs++;
}

static bool note_words(reading *r, const rk_bundle_job *job, double time, rk_err *err)
{
    rk_bundle_word_row *row;
    word_index *const indexes[] = { &r->classes, &r->verdicts, &r->reasons };
    const rk_slice words[] = { job->class_name, job->verdict, job->reason };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (indexes[i] == &r->reasons && words[i].len == 0)
            continue;
        if (!find_word(indexes[i], &r->facts->arena, words[i], &row, err))
            return false;
        if (row)
            add_to(&row->sum, job, time);
    }
    return true;
}

static bool note_job(reading *r, const rk_bundle_job *job, rk_err *err)
{
    rk_bundle_facts *f = r->facts;
    rk_bundle_place_row *place;
    rk_envelope envelope;
    rk_envelope_scan(job->payload, &envelope);
    double time = isnan(envelope.enqueued_at) ? envelope.created_at : envelope.enqueued_at;
    add_to(&f->all, job, time);
    if (job->payload.len > f->longest_payload)
        f->longest_payload = job->payload.len;
    note_due(f, job, r->now_s);
    if (!find_place(f, job, &place, err))
        return false;
    add_to(&place->sum, job, time);
    place->last_score = job->score;
    return note_words(r, job, time, err);
}

static bool note_companions(reading *r, rk_bundle *bundle, rk_err *err)
{
    rk_companion companion;
    rk_bundle_word_row *row;
    rk_bundle_rewind_companions(bundle);
    while (rk_bundle_next_companion(bundle, &companion, err)) {
        if (!find_word(&r->companions, &r->facts->arena, companion.why, &row, err))
            return false;
        if (row) {
            row->sum.jobs++;
            row->blocked += companion.blocked;
        }
    }
    rk_bundle_rewind_companions(bundle);
    return err->code == RK_OK;
}

bool rk_bundle_facts_read(rk_bundle_facts *facts, rk_bundle *bundle, double now_s, rk_err *err)
{
    rk_bundle_job job;
    *facts = (rk_bundle_facts){ 0 };
    memcpy(facts->due, due_rows, sizeof due_rows);
    reading *r = rk_alloc(sizeof *r);
    if (!r)
        return rk_no_memory(err);
    r->facts = facts;
    r->now_s = now_s;
    r->classes.words = &facts->classes;
    r->reasons.words = &facts->reasons;
    r->verdicts.words = &facts->verdicts;
    r->companions.words = &facts->companions;
    bool ok = true;
    rk_bundle_rewind(bundle, false);
    while (ok && rk_bundle_next(bundle, &job, err))
        ok = note_job(r, &job, err);
    rk_bundle_rewind(bundle, false);
    ok = ok && err->code == RK_OK && note_companions(r, bundle, err);
    rk_free(r);
    sort_words(&facts->classes);
    sort_words(&facts->reasons);
    sort_words(&facts->verdicts);
    return ok;
}

void rk_bundle_facts_free(rk_bundle_facts *facts)
{
    rk_free(facts->places);
    rk_free(facts->classes.rows);
    rk_free(facts->reasons.rows);
    rk_free(facts->verdicts.rows);
    rk_free(facts->companions.rows);
    rk_arena_free(&facts->arena);
    *facts = (rk_bundle_facts){ 0 };
}
