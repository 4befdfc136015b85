/* loadable: what stands between a snapshot and a server, from the facts of the one and the table row of the other
 * (spec: Compatibility, "What blocks a load", "Value by value"). */
#ifndef RDBKIT_CHECK_LOADABLE_H
#define RDBKIT_CHECK_LOADABLE_H

#include "servers.h"

/* A snapshot, as far as servers differ in what they make of it. */
typedef struct {
    const rk_snapshot_info *info;
    const rk_facts *facts;
    uint64_t damage; /* problems that are damage */
} load_subject;

bool loadable_obstacle(const load_subject *subject, const rk_target *target, size_t i, rk_obstacle *obstacle);
const char *loadable_oldest(const load_subject *subject, rk_server_kind kind, bool *relaxed);

/* ---- the inside -------------------------------------------------------------------------------------------- */

/* One server looking at one snapshot. Findings are counted, and the wanted one is kept. */
typedef struct {
    const load_subject *subject;
    const rk_target *target;
    const server_row *row;
    const char *name; /* "Redis 7.2" */
    bool dragonfly;   /* the file is Dragonfly's, whose type bytes from 22 up are its own */
    size_t wanted, met;
    rk_obstacle *out;
} load_view;

/* Takes the obstacle when it is the wanted one. `what` is "THINGS: SERVER WORDS". */
void load_add(load_view *v, const rk_obstacle *obstacle, const char *things, const char *words,
              const char *advice);

/* The obstacle of a trait, a count with an example. */
rk_obstacle load_of_trait(const char *id, bool blocks, const rk_trait *trait);

/* "1 stream", "1,234 streams". */
typedef struct {
    char text[120];
} load_words;
const char *load_things(uint64_t count, const char *one, const char *many, load_words *room);

/* True when the server gives this type byte the meaning that it has in the file. */
bool load_knows_type(const load_view *v, const rk_encoding_facts *encoding);
bool load_knows_opcode(const load_view *v, unsigned opcode);

/* loadable_types.c, loadable_records.c, loadable_values.c, loadable_sidekiq.c */
void load_types(load_view *v);
void load_header(load_view *v);
void load_records(load_view *v);
void load_modules(load_view *v);
void load_values(load_view *v);
void load_sidekiq(load_view *v);

#endif
