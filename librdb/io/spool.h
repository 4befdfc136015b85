/* spool: an unlinked temporary file, for what neither fits in memory nor can be read twice. */
#ifndef RDBKIT_IO_SPOOL_H
#define RDBKIT_IO_SPOOL_H

#include "rdbkit/io.h"

/* The file, to be closed by the caller; -1 and an error when there can be none. */
int rk_spool_open(rk_err *err);

/* Adds to its end. */
bool rk_spool_write(int fd, const void *bytes, size_t count, rk_err *err);

#endif
