/* walk: reads a command as far as it is there, whatever is wrong with it: what a torn one still holds, what a byte
 * belongs to, how many commands a lost stretch had. It believes nothing and fails for nothing but the source. */
#ifndef RDBKIT_AOFCHECK_WALK_H
#define RDBKIT_AOFCHECK_WALK_H

#include "rdbkit/aof.h"

typedef struct {
    rk_window window;
    uint64_t at;         /* what has been read ends here */
    uint64_t begin;      /* of the present command */
    uint64_t argc, seen; /* arguments announced, and read to their last byte */
    rk_verb verb;        /* UNKNOWN before its name has been read */
    char name[48];       /* escaped; "" before */
} aofcheck_walk;

/* An argument. Bytes are borrowed until the next pull. */
typedef struct {
    uint64_t header, content; /* where its '$' stands, and its first byte */
    uint64_t len, there;      /* announced, and left in the file */
    rk_slice bytes;           /* all of them when it is whole, else none */
    bool whole;               /* with its CR LF */
} aofcheck_argument;

/* Stands before the byte at `offset` of a source that has been read to its end. */
bool aofcheck_walk_open(aofcheck_walk *walk, const rk_source *source, uint64_t offset, rk_err *err);
void aofcheck_walk_close(aofcheck_walk *walk);

/* Passes over annotations, and reads how many arguments follow. False, err->code RK_OK, where no command begins. */
bool aofcheck_walk_command(aofcheck_walk *walk, rk_err *err);

/* The next argument of the command. False, err->code RK_OK, behind the last, and where none begins. After one that is not
 * whole there is no next. */
bool aofcheck_walk_argument(aofcheck_walk *walk, aofcheck_argument *argument, rk_err *err);

/* The same for a whole command at once; false where it is not whole. */
bool aofcheck_walk_whole(aofcheck_walk *walk, rk_err *err);

/* How many whole commands stand from `from` on and before `to`, and *end, where the last of them ends. */
bool aofcheck_walk_count(const rk_source *source, uint64_t from, uint64_t to, uint64_t *count, uint64_t *end,
                         rk_err *err);

#endif
