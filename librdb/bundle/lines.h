/* lines: a file of lines that are read by their number, forward and backward. Held are where each begins, 8 bytes a line,
 * and a block of the file. */
#ifndef RDBKIT_BUNDLE_LINES_H
#define RDBKIT_BUNDLE_LINES_H

#include "rdbkit/io.h"

typedef struct {
    rk_source *source;
    uint64_t *starts; /* of each line, and where the file ends */
    size_t count, cap;
    uint8_t *block; /* bytes [from, to) of the file */
    size_t block_cap;
    uint64_t from, to;
} rk_bundle_lines;

/* Finds the lines of a file, which must be `most` at most; each is some bytes and a newline. `source` is owned from here
 * on, on failure too; it must be there for a second look. */
bool rk_bundle_lines_open(rk_bundle_lines *lines, rk_source *source, uint64_t most, rk_err *err);
void rk_bundle_lines_close(rk_bundle_lines *lines);

/* Line `i`, counted from 0, without its newline; borrowed until the next call. */
bool rk_bundle_lines_get(rk_bundle_lines *lines, size_t i, rk_slice *line, rk_err *err);

#endif
