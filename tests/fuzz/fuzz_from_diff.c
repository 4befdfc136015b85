/* fuzz_from_diff: a bundle of what two sides of a Sidekiq differ in, which are made as fuzz_pair makes them. What must hold:
 * - the bundle is written, or there is nothing to put into it; it opens, and so every line of it is sound;
 * - what is restored, or replaces a copy, has the bytes of a job of OLD; what is pushed back lies in a private list of NEW;
 * - what is restored is in no place of NEW by its jid, and no jid is acted upon twice;
 * - what is to be replaced is there, in the place that is named. */
#include "diff_holds.h"
#include "pair_items.h"
#include "rdbkit/bundle_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool is_private(size_t place)
{
    return place == 6 || place == 7;
}

static bool holds_jobs(size_t place)
{
    return places[place].type == RK_LIST || places[place].type == RK_ZSET;
}

/* Does one of the places hold that text? Those of a work hash are held as objects. */
static bool has_text(int side, rk_slice text, bool private_only)
{
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; (!private_only || is_private(p)) && i < sides[side][p].count; i++) {
            rk_slice item = rk_slice_of(sides[side][p].texts[i]);
            if (rk_slice_is(item, text) ||
                (places[p].type == RK_HASH && rk_slice_find(item, text, 0) != SIZE_MAX))
                return true;
        }
    return false;
}

static bool has_at(int side, rk_slice key, rk_slice text)
{
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; rk_slice_is(rk_slice_of(places[p].name), key) && i < sides[side][p].count; i++)
            if (rk_slice_is(rk_slice_of(sides[side][p].texts[i]), text))
                return true;
    return false;
}

/* In a list or a set of NEW. A list that holds nothing but damaged payloads may be taken for one of the application's. */
static bool waits(rk_slice jid)
{
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; holds_jobs(p) && i < sides[1][p].count; i++) {
            rk_envelope e;
            if (rk_envelope_scan(rk_slice_of(sides[1][p].texts[i]), &e) && rk_slice_is(e.jid, jid))
                return true;
        }
    return false;
}

static void job_holds(const rk_bundle_job *job, unsigned *acted)
{
    if (job->act == RK_ACT_HOLD)
        return;
    must(has_text(job->act == RK_ACT_PUSH_BACK, job->payload, job->act == RK_ACT_PUSH_BACK));
    must(job->act != RK_ACT_PUSH_BACK || has_at(1, job->from_key, job->payload));
    must(job->act != RK_ACT_REPLACE || has_at(1, job->key, job->replaces));
    if (job->jid.len != 2) /* j0 to j5 */
        return;
    unsigned bit = 1u << (job->jid.ptr[1] - '0');
    must(!(*acted & bit));
    *acted |= bit;
    must(job->act != RK_ACT_RESTORE || !waits(job->jid));
}

static void bundle_holds(const char *path)
{
    rk_err err = { 0 };
    rk_bundle_job job;
    unsigned acted = 0;
    rk_bundle *bundle = rk_bundle_open(path, &err);
    must(bundle != NULL);
    while (rk_bundle_next(bundle, &job, &err))
        job_holds(&job, &acted);
    must(err.code == RK_OK);
    rk_bundle_close(bundle);
}

static void remove_bundle(const char *path)
{
    static const char *const names[] = { "manifest.json", "jobs.ndjson", "companions.ndjson",
                                         "restore.resp" };
    char name[120];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        unlink(name);
    }
    rmdir(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char paths[2][40], path[80];
    rk_err err = { 0 };
    rk_diff_bundle made;
    if (size < 2)
        return 0;
    make_sides(bytes + 2, size - 2);
    int fds[2] = { write_side(0, bytes[0] & 7, bytes[1], paths[0]),
                   write_side(1, bytes[0] >> 3 & 7, bytes[1], paths[1]) };
    snprintf(path, sizeof path, "%s/rdbkit-fuzz-from-diff-%ld.jobs",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    rk_diff_bundle_options options = { .path = path,
                                       .bundle = { .force = true, .tool = "fuzz", .reason = "" },
                                       .verdicts =
                                           bytes[1] & 64
                                               ? NULL
                                               : "lost,damaged,irregular,stranded,unaccounted,removed,"
                                                 "trimmed" };
    char *words[2] = { paths[0], paths[1] };
    rk_diff_options inputs = { .old_paths = { words, 1 },
                               .new_paths = { words + 1, 1 },
                               .alive_within_s = 4 };
    rk_diff *diff = rk_diff_run(&inputs, &err);
    if (diff) {
        must(rk_bundle_create_from_diff(diff, &options, &made, &err));
        must(made.outcome != RK_DIFF_BUNDLE_PARTIAL && made.without_payload == 0);
        if (made.outcome == RK_DIFF_BUNDLE_WRITTEN)
            bundle_holds(path);
    }
    rk_diff_free(diff);
    remove_bundle(path);
    close(fds[0]);
    close(fds[1]);
    return 0;
}
