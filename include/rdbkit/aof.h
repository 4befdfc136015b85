/* aof: append-only files (spec: AOF). A set is one file, or what a manifest lists; a reader yields the commands of one
 * file, one after the other, as they lie in the window. Nothing here knows what a command does; verbs.h knows which
 * there are. */
#ifndef RDBKIT_AOF_H
#define RDBKIT_AOF_H

#include "rdbkit/io.h"
#include "rdbkit/verbs.h"

/* ---- sets (spec: AOF, "Kinds of AOF on disk", "Manifest") ------------------------------------------------- */

typedef enum { RK_AOF_BASE, RK_AOF_INCREMENT, RK_AOF_HISTORY } rk_aof_role;

typedef struct {
    char *path;       /* as it can be opened */
    const char *name; /* the last part of the path */
    rk_aof_role role;
    uint64_t seq;                     /* 0: a single file, which no manifest names */
    int64_t start_offset, end_offset; /* of replication, in bytes; -1: not told */
} rk_aof_file;

/* The files of one data set. `files` holds base and increments in the order of loading, then history entries, which
 * are not loaded. Owned; rk_aof_set_free ends it. */
typedef struct {
    char *path;     /* as the user named it */
    char *manifest; /* path of the manifest; NULL: a single file */
    rk_aof_file *files;
    size_t count;  /* of all */
    size_t loaded; /* base and increments: the first so many */
} rk_aof_set;

/* What `path` is, by its content: a directory with a manifest in it (or with files that only a manifest can name, such as
 * *.incr.aof: rk_aof_set_open says what is missing), a manifest, or a file of commands. A name counts only where the
 * content says nothing: *.manifest and *.aof that are empty or begin with noise. A snapshot is none of these, and
 * neither is one with commands behind it: whoever reads it finds out. Fails only where it cannot be read; "-" and pipes
 * are not looked at, and are none. */
typedef enum { RK_AOF_NONE, RK_AOF_COMMANDS, RK_AOF_MANIFEST, RK_AOF_DIRECTORY } rk_aof_kind;
bool rk_aof_kind_of(const char *path, rk_aof_kind *kind, rk_err *err);

/* The files that `path` (a file of any kind, a manifest, or a directory with one) stands for. The manifest is checked by
 * the rules of the servers, with line number in the message. A file that it lists and that is not there is an error,
 * unless it is history. On failure the set is empty. A single file has the role of a base. */
bool rk_aof_set_open(const char *path, rk_aof_set *set, rk_err *err);
void rk_aof_set_free(rk_aof_set *set);

/* The entries of a manifest whose text is `text`; file->path is `folder` and the name. For rk_aof_set_open, rdbcheck
 * and fuzzing: looks at no file. `path` is for messages. */
bool rk_aof_manifest_parse(rk_slice text, const char *folder, const char *path, rk_aof_set *set, rk_err *err);

/* ---- commands (spec: AOF, "RESP framing", "Annotations", "Transactions") ----------------------------------- */

/* One command; all of it is borrowed until the next pull. */
typedef struct {
    const rk_slice *args;    /* args[0] is its name, as the client spelled it */
    const uint64_t *offsets; /* where the bytes of each argument stand in the source */
    size_t argc;             /* at least 1 */
    rk_verb verb;            /* RK_VERB_UNKNOWN: no command that is known */
    uint64_t offset, end;    /* where it begins ('*'), and where the next thing does; bytes into the source */
    uint64_t number;         /* counts the commands of the file, from 1; MULTI and EXEC are counted, too */
    int64_t time_s;          /* of the last annotation before it, Unix seconds; -1: there was none */
    bool in_multi;           /* it stands between a MULTI and its EXEC (these two included) */
} rk_aof_command;

typedef struct rk_aof rk_aof;

/* The commands of a source from its beginning. The source must outlive the reader. The caller closes it. */
rk_aof *rk_aof_open(rk_source *source, rk_err *err);

/* Those behind a snapshot: goes on where `window` stands, and takes it over (window is then zeroed), on failure too. */
rk_aof *rk_aof_open_behind(rk_window *window, rk_err *err);
void rk_aof_close(rk_aof *aof);

/* Pulls the next command. A transaction is yielded only when its EXEC has been seen and all of it is sound: from
 * MULTI to EXEC, one by one. False at the end (err->code RK_OK), and on failure:
 * RK_TRUNCATED: the file ends in the middle of a command, or in an open transaction, of which nothing was yielded;
 * RK_DAMAGED: the bytes are no command; zeros up to the end are told as such. The message has the number and, where it
 * can be read, the name of the command; the offset is that of the byte that is wrong. */
bool rk_aof_next(rk_aof *aof, rk_aof_command *command, rk_err *err);

/* Where the last whole command (and not part of an open transaction) ends: what a server keeps of a torn file. */
uint64_t rk_aof_good(const rk_aof *aof);

/* After a failure: what is broken, or what broke off, is a transaction whose EXEC has not been reached; it begins at
 * rk_aof_good, or behind the annotations there. */
bool rk_aof_in_open_multi(const rk_aof *aof);

/* After a failure (not one of memory or of the system): looks for the next place from which whole, plausible commands
 * follow, and goes on there. *from and *to are what was passed over. False when there is none up to the end (err->code
 * RK_OK), or on failure: also RK_DAMAGED, where so many broken commands lie in each other that looking for more would
 * take time without end. Where a transaction was damaged, `from` is its MULTI and `to` stands behind its EXEC, or before
 * the next command that is sound and cannot be part of it. */
bool rk_aof_resume(rk_aof *aof, uint64_t *from, uint64_t *to, rk_err *err);

/* The last annotation read so far, Unix seconds, or -1; how many there were, and whether one stepped back. */
typedef struct {
    int64_t first_s, last_s;
    uint64_t count;
    bool stepped_back;
} rk_aof_times;
rk_aof_times rk_aof_times_of(const rk_aof *aof);

#endif
