/* notes: what whoever makes a bundle warns of. */
#ifndef RDBKIT_BUNDLE_NOTES_H
#define RDBKIT_BUNDLE_NOTES_H

#include "rdbkit/bundle.h"

/* A job of Sidekiq Pro that is dropped when it is fetched, since its time (`expiry`) has passed. */
bool rk_bundle_is_expired(rk_slice payload, int64_t now_s);

/* "1 job was ..." or "2 jobs were ..."; nothing for none. */
bool rk_bundle_warn_count(rk_bundle_writer *writer, uint64_t count, const char *one, const char *many,
                          rk_err *err);

/* Part of a source was not seen. */
bool rk_bundle_warn_partial(rk_bundle_writer *writer, const rk_err *reason, rk_err *err);

#endif
