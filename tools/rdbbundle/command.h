/* command: what the commands of rdbbundle share. */
#ifndef RDBBUNDLE_COMMAND_H
#define RDBBUNDLE_COMMAND_H

#include "common/cli.h"
#include "common/cli_clock.h"
#include "rdbkit/bundle_report.h"

/* The tool, and its commands: each is run with what stands behind `rdbbundle`, its own name first. */
extern const cli_tool rdbbundle_tool;
extern const cli_tool create_tool, show_tool, verify_tool, restore_tool, undo_tool, merge_tool, split_tool;
int create_run(int argc, char **argv);
int show_run(int argc, char **argv);
int verify_run(int argc, char **argv);
int restore_run(int argc, char **argv);
int undo_run(int argc, char **argv);
int merge_run(int argc, char **argv);
int split_run(int argc, char **argv);

#define COUNT_OF(table) (sizeof(table) / sizeof(table)[0])

/* ---- options that several commands have ------------------------------------------------------------------- */

/* Which jobs are meant. */
typedef struct {
    cli_list places, queues, classes, jids;
    const char *where, *since, *until, *due_after, *due_before;
} filter_words;

#define FILTER_OPTION(options, member, field) (offsetof(options, member) + offsetof(filter_words, field))
#define FILTER_ROWS(options, member)                                                                         \
    { 'p',      "place",                                                                                     \
      "GLOB",   "only jobs of these places; may be repeated",                                                \
      CLI_LIST, FILTER_OPTION(options, member, places),                                                      \
      NULL,     filter_place_details },                                                                      \
        { 'Q',      "queue",                                                                                 \
          "GLOB",   "only jobs of these queues; may be repeated",                                            \
          CLI_LIST, FILTER_OPTION(options, member, queues),                                                  \
          NULL,     filter_queue_details },                                                                  \
        { 'c',      "class",                                                                                 \
          "GLOB",   "only jobs of these classes; may be repeated",                                           \
          CLI_LIST, FILTER_OPTION(options, member, classes),                                                 \
          NULL,     filter_class_details },                                                                  \
        { 'J',      "jid",                                                                                   \
          "JID",    "only this job; may be repeated",                                                        \
          CLI_LIST, FILTER_OPTION(options, member, jids),                                                    \
          NULL,     NULL },                                                                                  \
        { 'w',      "where",                                                                                 \
          "EXPR",   "only jobs for which this holds: see EXPRESSIONS",                                       \
          CLI_TEXT, FILTER_OPTION(options, member, where),                                                   \
          NULL,     NULL },                                                                                  \
        { 0,        "since",                                                                                 \
          "TIME",   "only jobs that were enqueued then or later",                                            \
          CLI_TEXT, FILTER_OPTION(options, member, since),                                                   \
          NULL,     filter_since_details },                                                                  \
        { 0,        "until",                                                                                 \
          "TIME",   "only jobs that were enqueued then or before",                                           \
          CLI_TEXT, FILTER_OPTION(options, member, until),                                                   \
          NULL,     NULL },                                                                                  \
        { 0,        "due-after",                                                                             \
          "TIME",   "only jobs of sorted sets whose score is this or later",                                 \
          CLI_TEXT, FILTER_OPTION(options, member, due_after),                                               \
          NULL,     NULL },                                                                                  \
    {                                                                                                        \
        0, "due-before", "TIME", "only jobs of sorted sets whose score is this or before", CLI_TEXT,         \
            FILTER_OPTION(options, member, due_before), NULL, NULL                                           \
    }
extern const char filter_place_details[], filter_queue_details[], filter_class_details[],
    filter_since_details[];

/* A filter of these words; filter_end ends it, on failure too. */
bool filter_begin(const filter_words *words, rk_job_filter *filter, rk_err *err);
void filter_end(rk_job_filter *filter);

/* The bundle that is written. */
typedef struct {
    const char *path, *reason, *redact_key;
    bool force, redact;
} output_words;

#define OUTPUT_OPTION(options, member, field) (offsetof(options, member) + offsetof(output_words, field))
#define OUTPUT_ROWS(options, member)                                                                         \
    { 'o',      "output",                                                                                    \
      "DIR",    "write the bundle to this folder, which must not be there yet",                              \
      CLI_TEXT, OUTPUT_OPTION(options, member, path),                                                        \
      NULL,     output_details },                                                                            \
        { 'f',      "force",                                                                                 \
          NULL,     "replace a bundle that is there",                                                        \
          CLI_FLAG, OUTPUT_OPTION(options, member, force),                                                   \
          NULL,     NULL },                                                                                  \
        { 0,        "reason",                                                                                \
          "TEXT",   "say in the bundle why it was made",                                                     \
          CLI_TEXT, OUTPUT_OPTION(options, member, reason),                                                  \
          NULL,     NULL },                                                                                  \
        { 0,        "redact",                                                                                \
          NULL,     "write a copy that can be shown, and not restored: tokens instead of arguments",         \
          CLI_FLAG, OUTPUT_OPTION(options, member, redact),                                                  \
          NULL,     redact_details },                                                                        \
    {                                                                                                        \
        0, "redact-key", "FILE", "make the tokens with the secret that this file holds", CLI_TEXT,           \
            OUTPUT_OPTION(options, member, redact_key), NULL, NULL                                           \
    }
extern const char output_details[], redact_details[];

/* What the words ask for; the redactor (NULL: none) is the caller's to close. */
bool output_begin(const cli_tool *tool, const output_words *words, rk_bundle_options *bundle,
                  rk_redactor **redactor, rk_err *err);

/* ---- small things ----------------------------------------------------------------------------------------- */

/* "2026-11-23T03:11:59Z" or Unix seconds, the value of an option. */
bool time_of(const char *option, const char *text, double *seconds, rk_err *err);

/* What may be given as a prefix: without its last colon. Its text is in argv, which is ours. */
void drop_last_colon(const char *namespace);

#endif
