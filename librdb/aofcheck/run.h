/* run: the inside of an rk_aofcheck, shared by the files of this room. */
#ifndef RDBKIT_AOFCHECK_RUN_H
#define RDBKIT_AOFCHECK_RUN_H

#include "forms.h"
#include "rdbkit/aofcheck.h"

/* What a server does at the first thing in a part that it does not take. */
typedef enum {
    STOP_NOT,
    STOP_END, /* it comes to the end of the file: it may cut */
    STOP_BAD  /* it refuses */
} aofcheck_stop;

typedef struct {
    rk_aof_part part;
    rk_source *own;          /* NULL: a check owns what is read */
    bool drained;            /* it has been read to its end, and can only be read again */
    const rk_source *source; /* for a second look; NULL: not read */
    rk_check *head;
    rk_check *whole; /* of a damaged head: that of the first try, which owns the source; else NULL */
    rk_aof_span *spans;
    size_t span_count, span_cap;
    uint64_t *verbs;
    aofcheck_stop stop;
    uint64_t stop_at;       /* what stands before is loaded */
    uint64_t stop_commands; /* sound commands that stand behind it */
    const char *stop_why;
} aofcheck_part;

/* How often something is used, and where first. */
typedef struct {
    uint64_t count;
    size_t part;
    uint64_t offset;
} aofcheck_use;

struct rk_aofcheck {
    rk_arena arena; /* texts */
    const char *path, *manifest, *folder;
    rk_progress *progress;
    size_t top;
    bool is_folder;
    bool manifest_gone, manifest_bad;
    aofcheck_part *parts;
    size_t part_count, part_cap;
    size_t loaded; /* parts that are to be loaded, missing ones included: the first so many */

    rk_aof_problem *problems;
    size_t problem_count, problem_cap;
    uint64_t problems_most, found[RK_PROBLEM_NOTICE + 1];

    aofcheck_form_index form_index;
    aofcheck_use verbs[RK_VERBS], forms[AOFCHECK_FORMS];
    uint64_t newest_payload; /* RDB version of RESTORE's payloads */
    aofcheck_use payload;
    uint64_t notes; /* annotations in all parts */
    uint64_t highest_db;
    aofcheck_use high_db;
    rk_aof_torn torn;
    rk_aof_load load;
    rk_aof_replayed replayed;
};

/* ---- problem.c ---- */

/* Notes a problem; what `p` borrows is copied. `p->problem.what` comes from the format. */
bool aofcheck_problem_add(rk_aofcheck *c, const rk_aof_problem *p, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes over what the check of a part's head has found. */
bool aofcheck_problems_of_head(rk_aofcheck *c, size_t part, rk_err *err);
void aofcheck_problems_sort(rk_aofcheck *c);

/* A text of the check's own, as printf has it; NULL for want of memory. */
const char *aofcheck_text(rk_aofcheck *c, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- folder.c ---- */

/* The plain files in a folder, by name. */
typedef struct {
    char **names;
    size_t count, cap;
} aofcheck_names;

bool aofcheck_names_of(const char *folder, aofcheck_names *names, rk_err *err);
void aofcheck_names_free(aofcheck_names *names);
bool aofcheck_names_have(const aofcheck_names *names, const char *name);

/* `PREFIX.SEQ.base.rdb`, `PREFIX.SEQ.base.aof`, `PREFIX.SEQ.incr.aof`. */
typedef struct {
    size_t prefix; /* bytes of the name */
    uint64_t seq;
    rk_aof_role role;
} aofcheck_name;
bool aofcheck_name_parse(const char *name, aofcheck_name *parsed);

/* The name of the one manifest among them; NULL: none. False with an error when there are several. */
bool aofcheck_manifest_among(const aofcheck_names *names, const char **manifest, rk_err *err);

/* ---- manifest.c: which parts there are ---- */

/* Fills c->parts for a set whose c->folder and c->manifest are known. */
bool aofcheck_parts_of_set(rk_aofcheck *c, rk_err *err);

/* Adds a part; `name` is copied. */
aofcheck_part *aofcheck_part_add(rk_aofcheck *c, const char *folder, rk_slice name, rk_err *err);

/* ---- head.c: the snapshot that a part is or begins with ---- */

/* Checks the head of a part that begins with a magic, and sets part.begin; takes the source. `alone`: it may be a snapshot
 * and nothing else; then *log is false, and part->head its check. */
bool aofcheck_head(aofcheck_part *part, rk_source *source, const rk_check_options *options, bool alone,
                   bool *log, rk_err *err);

/* Where the commands behind a snapshot begin; the end where none do. Reads the source to its end. */
bool aofcheck_head_end(rk_source *source, uint64_t *end, rk_err *err);

/* Whether the first bytes are those of a snapshot. */
bool aofcheck_is_snapshot(rk_slice first);

/* ---- commands.c ---- */

/* Reads the commands of a part, from part.begin to its end. */
bool aofcheck_commands(rk_aofcheck *c, size_t part, rk_err *err);

/* judge.c: notes what one command needs; *stays is false when no server takes it: then the problem has been noted. */
bool aofcheck_judge(rk_aofcheck *c, size_t part, const rk_aof_command *command, bool *stays, rk_err *err);

/* select.c: looks for a SELECT in what was passed over, whole or broken. *db: what the last one chooses, or -1; *broken: there
 * is one behind it whose database cannot be read. */
bool aofcheck_select_in(const rk_source *source, uint64_t from, uint64_t to, int64_t *db, bool *broken,
                        rk_err *err);

/* torn.c: looks at the command that the part breaks off in. */
bool aofcheck_torn_look(rk_aofcheck *c, size_t part, uint64_t offset, rk_err *err);

/* replay.c: replays what `path` names, unless it is damaged. */
bool aofcheck_replay(rk_aofcheck *c, const char *path, rk_err *err);

/* loads.c: at the end: what a server makes of it. */
bool aofcheck_load_judge(rk_aofcheck *c, rk_err *err);

#endif
