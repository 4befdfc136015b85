/* snapshot: writes a world as the RDB file that a server holding it would save. */
#ifndef GEN_SNAPSHOT_H
#define GEN_SNAPSHOT_H

#include "world.h"

/* Returns the size of the file in bytes. `version` is 10 (Redis 7.0) or 11 (7.2). */
uint64_t gen_snapshot_write(gen_world *world, const char *path, int version);

#endif
