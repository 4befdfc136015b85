/* manifest: manifest.json: what a bundle is, where it came from, what is in it and how its files can be checked. Its last
 * member is the digest of all bytes before that digest, so that no byte of it changes unseen. */
#ifndef RDBKIT_BUNDLE_MANIFEST_H
#define RDBKIT_BUNDLE_MANIFEST_H

#include <jansson.h>

#include "line.h"

/* ---- counts.c: what is in a bundle ---------------------------------------------------------------------------- */

enum {
    RK_BUNDLE_LISTED_MOST = 10000
}; /* places, and words of verdicts, that the manifest lists one by one */

typedef struct {
    uint64_t jobs, acts[RK_ACTS], payload_bytes, companions;
    json_t *verdicts; /* jobs by word */
    json_t *places;   /* array, in the order of the bundle */
    uint64_t place_jobs, more_places, more_jobs;
    uint32_t db; /* the place at hand */
    rk_buf key;
    rk_place_kind kind;
} rk_bundle_counts;

bool rk_bundle_counts_start(rk_bundle_counts *counts, rk_err *err);
bool rk_bundle_counts_add(rk_bundle_counts *counts, const rk_bundle_job *job,
                          rk_err *err); /* in their order */
void rk_bundle_counts_free(rk_bundle_counts *counts);

/* As a member of the manifest; NULL when memory is short. To be called once, at the end. */
json_t *rk_bundle_counts_json(rk_bundle_counts *counts, rk_err *err);

/* Where the manifest counts other than what is there: RK_DAMAGED. */
bool rk_bundle_counts_same(const json_t *manifest, const json_t *there, rk_err *err);

/* ---- the whole ------------------------------------------------------------------------------------------------ */

typedef enum { BUNDLE_JOBS, BUNDLE_COMPANIONS, BUNDLE_RESTORE, BUNDLE_FILES } rk_bundle_file;

const char *rk_bundle_file_name(rk_bundle_file file); /* "jobs.ndjson" ... */
#define RK_BUNDLE_MANIFEST "manifest.json"

typedef struct {
    bool there;
    uint64_t size;
    rk_digest digest;
} rk_bundle_member;

typedef struct {
    uint32_t version;
    char id[33];
    const char *tool, *made_by, *reason; /* this and all below: in the arena */
    int64_t created_s;
    bool redacted;
    rk_bundle_source *sources;
    size_t source_count, source_cap;
    const char **warnings;
    size_t warning_count, warning_cap;
    rk_bundle_member files[BUNDLE_FILES];
    json_t *counts;
    rk_arena arena;
} rk_bundle_manifest;

void rk_bundle_manifest_free(rk_bundle_manifest *manifest);

bool rk_bundle_manifest_add_source(rk_bundle_manifest *manifest, const rk_bundle_source *source, rk_err *err);
bool rk_bundle_manifest_add_warning(rk_bundle_manifest *manifest, rk_slice sentence, rk_err *err);
const char *rk_bundle_manifest_text(rk_bundle_manifest *manifest, const char *text,
                                    rk_err *err); /* a copy; "" for NULL */

/* The text of the file. */
bool rk_bundle_manifest_write(const rk_bundle_manifest *manifest, rk_buf *out, rk_err *err);

/* Reads it into a zeroed manifest, to be freed on failure too. A newer version is RK_UNKNOWN, what is no manifest of a
 * bundle RK_FORMAT. */
bool rk_bundle_manifest_read(rk_bundle_manifest *manifest, rk_slice text, rk_err *err);

#endif
