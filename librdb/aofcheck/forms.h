/* forms: which server knows a command, and which one an option of it (spec: AOF, "Complete list of write commands by first
 * release", "Rewritten forms by version"). A server stops at a command that it does not know. A form that it does not
 * know fails without a word, and what it wrote is missing. */
#ifndef RDBKIT_AOFCHECK_FORMS_H
#define RDBKIT_AOFCHECK_FORMS_H

#include "rdbkit/aof.h"

/* First releases, 602 for 6.2. */
enum { RELEASE_NEVER = 9999, RELEASE_FORK = 702 /* what Redis had until then Valkey has, too */ };

typedef struct {
    uint16_t redis, valkey;
} aofcheck_release;

aofcheck_release aofcheck_release_of(rk_verb verb);

/* Only KeyDB has it. */
bool aofcheck_is_keydb(rk_verb verb);

/* An option or a number of arguments that came later than the command. */
typedef struct {
    rk_verb verb;
    const char *word; /* lower case, of the arguments from `from` on; NULL: more than `from` arguments do */
    uint8_t from;
    uint16_t redis, valkey;
    const char *text; /* "SET with PXAT" */
} aofcheck_form;

enum { AOFCHECK_FORMS = 64 };

/* NULL behind the last. Those of one verb stand together. */
const aofcheck_form *aofcheck_form_at(size_t i);

/* Where the forms of each verb stand. */
typedef struct {
    uint8_t first[RK_VERBS], count[RK_VERBS];
} aofcheck_form_index;
void aofcheck_form_index_make(aofcheck_form_index *index);

/* The forms that a command has, as bits. */
uint64_t aofcheck_forms_of(const aofcheck_form_index *index, const rk_aof_command *command);

/* A command that a server runs, and that none writes to its log as it was sent. */
bool aofcheck_is_unlogged(rk_slice name);

/* A command with subcommands: does any server know this one? True for all other commands. The
 * command has the arguments that its verb needs. */
bool aofcheck_knows_subcommand(const rk_aof_command *command);

#endif
