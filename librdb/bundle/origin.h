/* origin: what a bundle says of where its jobs came from. */
#ifndef RDBKIT_BUNDLE_ORIGIN_H
#define RDBKIT_BUNDLE_ORIGIN_H

#include "rdbkit/bundle_make.h"

/* A file that is no snapshot: path, role, size and digest. `open` is the source as it was read; it is asked where the file
 * cannot be read again. */
bool rk_bundle_source_of_file(const char *path, const char *role, const rk_source *open,
                              rk_bundle_source *source, rk_err *err);

#endif
