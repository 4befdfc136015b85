/* rdbconv_manual: what --help and the manual page of rdbconv say beside its options (see cli_section). */
#ifndef RDBCONV_MANUAL_H
#define RDBCONV_MANUAL_H

#include "common/cli_source.h"

static const char manual_description[] =
    "Writes the data of SOURCE as a snapshot (RDB file). SOURCE is an append-only file of any kind, or a "
    "snapshot; with `@MOMENT` behind it, an append-only file as it was then. This is the way back: the state "
    "before a FLUSHALL, or without it, becomes a file that a server loads.\n\n"
    "Encodings are plain, and the version is the lowest that holds all the data: strings, lists, sets, "
    "sorted "
    "sets and hashes are written as RDB 6, which every server from Redis 2.6 on loads. What needs a newer "
    "one "
    "(streams, expiries of hash fields, functions ...) is told. The file is read back and checked before it "
    "gets its name.\n\n"
    "The exit status is 0 when the file was written, 1 when it was written but is not in every key what a "
    "server would have (something could not be replayed), and 2 when there is no file.";

static const cli_example manual_examples[] = {
    { "d=$(mktemp -d) && rdbconv testdata/sidekiq/flushall/aof@before:FLUSHALL -o \"$d/back.rdb\" && rdbcat "
      "--format keys \"$d/back.rdb\"; rm -r \"$d\"",
      "The state before somebody sent FLUSHALL." },
    { "d=$(mktemp -d) && rdbconv --without 15027 testdata/sidekiq/flushall/aof -o \"$d/back.rdb\" && "
      "rdbdiff --only jobs testdata/sidekiq/flushall/aof@before:FLUSHALL \"$d/back.rdb\"; rm -r \"$d\"",
      "As if it had never been sent: what came later is kept, too." },
    { "d=$(mktemp -d) && rdbconv -k 'queue:*' -k queues testdata/sidekiq/lost_tail/old.rdb -o "
      "\"$d/queues.rdb\" && rdbcat --format csv \"$d/queues.rdb\"; rm -r \"$d\"",
      "Only the queues of a snapshot." },
};

/* ---- details of options --------------------------------------------------------------------------------------- */

static const char output_details[] = "It appears whole or not at all. It must not be there yet, unless with "
                                     "`--force`, and cannot be a file of the source.";

static const char force_details[] = "The old file stays until the new one is whole.";

/* ---- sections ------------------------------------------------------------------------------------------------- */

static const char rewind_text[] =
    "After a FLUSHALL, a deleted queue or a bad deployment the log still holds all that was there, as long "
    "as "
    "it is not rewritten:\n\n"
    "- On the server: `CONFIG SET auto-aof-rewrite-percentage 0` and `CONFIG SET save \"\"`, so that neither "
    "a "
    "rewrite nor a save overwrites what is left. Send no BGREWRITEAOF and no plain SHUTDOWN.\n"
    "- Copy the whole folder of the log away.\n"
    "- Find the command: `aoflog --destructive COPY` tells where it stands, and what it took.\n"
    "- `rdbconv COPY@before:FLUSHALL -o back.rdb`, or `rdbconv --without OFFSET COPY -o back.rdb` to keep "
    "what "
    "came after it.\n"
    "- Compare: `rdbdiff back.rdb COPY` tells which jobs come back.\n"
    "- Start a server on back.rdb (as its `dbfilename`, with `appendonly no`; turn the log on again by "
    "`CONFIG SET appendonly yes`), or bring single keys over with `rdbcat --format resp`.";

static const cli_section manual_sections[] = {
    { "REWIND", rewind_text },
    { CLI_SOURCES_TITLE, cli_sources_text },
    { "EXIT STATUS",
      "- 0 :: the file was written.\n"
      "- 1 :: the file was written; of its keys some may not be what a server would have, which is told on "
      "standard error: commands that could not be replayed, or times to live that count from no known "
      "moment.\n"
      "- 2 :: no file was written." },
    { "SEE ALSO", "`aoflog(1)`, `rdbdiff(1)`, `rdbcat(1)`, `rdbcheck(1)`" },
};

#endif
