/* open: a bundle that is being read, or that has just been written and is read back. */
#ifndef RDBKIT_BUNDLE_OPEN_H
#define RDBKIT_BUNDLE_OPEN_H

#include "lines.h"
#include "manifest.h"

struct rk_bundle {
    char *folder;
    rk_bundle_manifest manifest; /* zero while the bundle is being written */
    size_t sources;              /* how many there are */
    rk_bundle_info info;
    rk_bundle_counts counts;
    rk_bundle_lines jobs, companions; /* companions.source: NULL where there are none */
    size_t job_at, companion_at;      /* the next one; the one before is the one before it */
    rk_buf scratch, again;
    rk_arena job_arena, companion_arena;
};

/* scan.c: opens jobs and companions in `folder`, of which the manifest (zeroed for a new bundle) tells how many there may
 * be, and reads them once through: each line is what it must be, in its order. Then the counts and info.id are known.
 * On failure, too, to be ended by rk_bundle_close. */
rk_bundle *rk_bundle_new(const char *folder, rk_err *err);
bool rk_bundle_scan(rk_bundle *bundle, bool has_companions, uint64_t jobs_most, uint64_t companions_most,
                    rk_err *err);

/* Size and digest of one of its files. */
bool rk_bundle_measure(const rk_bundle *bundle, rk_bundle_file file, rk_bundle_member *member, rk_err *err);

#endif
