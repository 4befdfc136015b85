/* line: one job, or one companion, as a line of its file, and back. What a line means is spelled in one way only: a line
 * that reads back is the one that would be written. */
#ifndef RDBKIT_BUNDLE_LINE_H
#define RDBKIT_BUNDLE_LINE_H

#include "rdbkit/bundle.h"
#include "text.h"

enum { RK_BUNDLE_PLACES = RK_PLACE_PRIVATE + 1 };

/* ---- words.c: false for a word that is none of them */

bool rk_bundle_act_of(rk_slice word, rk_act *act);
bool rk_bundle_place_of(rk_slice word, rk_place_kind *kind);
bool rk_bundle_type_of(rk_slice word, rk_type *type); /* of the types that a companion can have */

/* ---- job_line.c */

/* True where the job goes to a list. */
static inline bool rk_bundle_goes_to_list(const rk_bundle_job *job)
{
    return rk_place_is_list(job->kind) || job->kind == RK_PLACE_WORK;
}

/* Refuses a job that contradicts itself, with `code`: an act without what it needs, a key without its prefix, a source
 * beyond `sources`. */
bool rk_bundle_job_check(const rk_bundle_job *job, size_t sources, rk_code code, rk_err *err);

/* All of the line but its beginning, `{"seq":N,`: what does not depend on the place in the file. It ends with the line's
 * end. */
bool rk_bundle_job_body(rk_buf *out, const rk_bundle_job *job, rk_err *err);
bool rk_bundle_job_head(rk_buf *out, uint64_t seq, rk_err *err);

/* A line without its end, which stands `offset` bytes into its file. Slices of the job are borrowed from the arena. Only
 * the form is checked. */
bool rk_bundle_job_read(rk_slice line, uint64_t offset, rk_bundle_job *job, rk_buf *scratch, rk_arena *arena,
                        rk_err *err);

/* Digest of what a restore does with the job, place and payload; not of where it was found and why. */
rk_digest rk_bundle_job_identity(const rk_bundle_job *job, rk_buf *scratch, rk_err *err);

/* ---- companion_line.c: the same of a companion */

bool rk_bundle_companion_check(const rk_companion *companion, rk_code code, rk_err *err);
bool rk_bundle_companion_line(rk_buf *out, const rk_companion *companion, rk_err *err);
bool rk_bundle_companion_read(rk_slice line, uint64_t offset, rk_companion *companion, rk_buf *scratch,
                              rk_arena *arena, rk_err *err);

#endif
