/* expiry: times as commands give them. */
#ifndef RDBKIT_KEYSPACE_EXPIRY_H
#define RDBKIT_KEYSPACE_EXPIRY_H

#include "keyspace.h"

/* How a time is given: in seconds, else in milliseconds; as a span from now on, else as Unix time. */
enum { KS_IN_SECONDS = 1, KS_AS_SPAN = 2 };

/* The point in time that argument `arg` gives. A span counts from the last annotation; where there was none, nobody knows
 * from when, and *expire_ms is RK_NO_EXPIRY, c->relative_time set: a key that lives too long can be seen, one that was
 * taken for long expired is lost. (Servers count from the moment at which they load the file.) False: no number, or it
 * does not fit; c->why says so. `positive`: nor may it be 0 or less, as with SET. */
bool ks_when(ks_call *c, size_t arg, unsigned how, bool positive, int64_t *expire_ms);

/* True when the word is EX, PX, EXAT or PXAT, and how the time behind it is given. */
bool ks_is_time_word(rk_slice word, unsigned *how);

#endif
