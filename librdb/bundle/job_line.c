/* job_line: a job as a line of jobs.ndjson. */
#include "fields.h"
#include "line.h"

#define AT(member)  offsetof(rk_bundle_job, member)
#define HAS(member) .optional = true, .there = member, .has = AT(member)

static bool has_position(const void *job)
{
    return ((const rk_bundle_job *)job)->has_position;
}

static bool has_score(const void *job)
{
    return ((const rk_bundle_job *)job)->has_score;
}

static bool has_offset(const void *job)
{
    return ((const rk_bundle_job *)job)->has_offset;
}

static bool has_replaces_score(const void *thing)
{
    const rk_bundle_job *job = thing;
    return job->act == RK_ACT_REPLACE && !rk_bundle_goes_to_list(job);
}

/* The members in their order; `seq` is written apart. */
static const rk_bundle_field fields[] = {
    { "seq", BUNDLE_U64, AT(seq) },
    { "act", BUNDLE_ACT, AT(act) },
    { "db", BUNDLE_U32, AT(db) },
    { "prefix", BUNDLE_BYTES, AT(prefix), .optional = true },
    { "key", BUNDLE_BYTES, AT(key) },
    { "place", BUNDLE_PLACE, AT(kind) },
    { "queue", BUNDLE_BYTES, AT(queue), .optional = true },
    { "position", BUNDLE_U64, AT(position), HAS(has_position) },
    { "score", BUNDLE_SCORE, AT(score), HAS(has_score) },
    { "verdict", BUNDLE_BYTES, AT(verdict) },
    { "reason", BUNDLE_BYTES, AT(reason), .optional = true },
    { "jid", BUNDLE_BYTES, AT(jid), .optional = true },
    { "class", BUNDLE_BYTES, AT(class_name), .optional = true },
    { "source", BUNDLE_SIZE, AT(source) },
    { "offset", BUNDLE_U64, AT(offset), HAS(has_offset) },
    { "may_have_run", BUNDLE_BOOL, AT(may_have_run) },
    { "payload", BUNDLE_BYTES, AT(payload) },
    { "replaces", BUNDLE_BYTES, AT(replaces), .optional = true },
    { "replaces_score", BUNDLE_SCORE, AT(replaces_score), .optional = true, .there = has_replaces_score },
    { "from_key", BUNDLE_BYTES, AT(from_key), .optional = true },
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

bool rk_bundle_job_head(rk_buf *out, uint64_t seq, rk_err *err)
{
    return rk_bundle_add_word(out, "{\"seq\":", err) && rk_bundle_add_u64(out, seq, err) &&
           rk_bundle_add_word(out, ",", err);
}

bool rk_bundle_job_body(rk_buf *out, const rk_bundle_job *job, rk_err *err)
{
    return rk_bundle_fields_write(out, fields + 1, FIELDS - 1, job, err) &&
           rk_bundle_add_word(out, "}\n", err);
}

static const rk_bundle_job nothing = { .prefix = RK_EMPTY,
                                       .key = RK_EMPTY,
                                       .queue = RK_EMPTY,
                                       .verdict = RK_EMPTY,
                                       .reason = RK_EMPTY,
                                       .jid = RK_EMPTY,
                                       .class_name = RK_EMPTY,
                                       .payload = RK_EMPTY,
                                       .replaces = RK_EMPTY,
                                       .from_key = RK_EMPTY };

bool rk_bundle_job_read(rk_slice line, uint64_t offset, rk_bundle_job *job, rk_buf *scratch, rk_arena *arena,
                        rk_err *err)
{
    *job = nothing;
    return rk_bundle_fields_read(line, offset, fields, FIELDS, job, scratch, arena, err);
}

/* ---- what goes together --------------------------------------------------------------------------------------- */

/* The same bytes are another member of a sorted set where their score was damaged. */
static bool replaces_itself(const rk_bundle_job *job)
{
    return rk_slice_is(job->replaces, job->payload) &&
           (rk_bundle_goes_to_list(job) || job->score == job->replaces_score);
}

static const char *contradiction(const rk_bundle_job *job)
{
    bool list = rk_bundle_goes_to_list(job), acts = job->act != RK_ACT_HOLD;
    if ((unsigned)job->act >= RK_ACTS || (unsigned)job->kind >= RK_BUNDLE_PLACES)
        return "job has an act or a place that is not known";
    if (job->key.len == 0 || !rk_slice_starts(job->key, job->prefix))
        return "key of the job is empty, or does not begin with its prefix";
    if (acts && list && job->queue.len == 0)
        return "job goes to a queue without a name";
    if (acts && !list && !job->has_score)
        return "job goes to a sorted set without a score";
    if ((job->has_score && job->score != job->score) || job->replaces_score != job->replaces_score)
        return "score is no number";
    if (job->act == RK_ACT_REPLACE && (job->replaces.len == 0 || replaces_itself(job)))
        return "job replaces nothing, or itself";
    if (job->act == RK_ACT_PUSH_BACK && (job->from_key.len == 0 || !list))
        return "job is pushed back from nowhere, or not to a queue";
    if ((job->act != RK_ACT_REPLACE && job->replaces.len > 0) ||
        (job->act != RK_ACT_PUSH_BACK && job->from_key.len > 0))
        return "job says what it replaces, or where it is taken from, and its act does neither";
    return NULL;
}

bool rk_bundle_job_check(const rk_bundle_job *job, size_t sources, rk_code code, rk_err *err)
{
    const char *wrong = contradiction(job);
    if (wrong)
        return rk_fail(err, code, RK_NO_OFFSET, "%s", wrong);
    if (job->source >= sources)
        return rk_fail(err, code, RK_NO_OFFSET, "job is from source %zu of %zu", job->source, sources);
    return true;
}

/* ---- identity ------------------------------------------------------------------------------------------------- */

rk_digest rk_bundle_job_identity(const rk_bundle_job *job, rk_buf *scratch, rk_err *err)
{
    const rk_slice parts[] = {
        job->prefix, job->key, job->queue, job->payload, job->replaces, job->from_key
    };
    double scores[2] = { job->has_score ? job->score : 0, has_replaces_score(job) ? job->replaces_score : 0 };
    uint64_t numbers[5] = { (uint64_t)job->act, job->db, (uint64_t)job->kind };
    rk_digest digests[sizeof parts / sizeof parts[0]];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        digests[i] = rk_digest_of(parts[i]);
    memcpy(&numbers[3], scores, sizeof scores);
    scratch->len = 0;
    if (!rk_buf_add(scratch, (rk_slice){ (const uint8_t *)numbers, sizeof numbers }, err) ||
        !rk_buf_add(scratch, (rk_slice){ (const uint8_t *)digests, sizeof digests }, err))
        return (rk_digest){ 0 };
    return rk_digest_of(rk_buf_slice(scratch));
}
