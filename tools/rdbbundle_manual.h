/* rdbbundle_manual: the words of rdbbundle's help and manual page. */
#ifndef RDBBUNDLE_MANUAL_H
#define RDBBUNDLE_MANUAL_H

#include "common/cli.h"
#include "common/cli_source.h"

static const char manual_description[] =
    "A bundle is a folder of jobs of Sidekiq that can be looked at, checked and restored by `redis-cli` "
    "alone: each job "
    "byte for byte as it was, once, in the order in which it would have run, with the keys that it needs. "
    "Bundles come from "
    "`rdbdiff`(1), which knows what was lost between two snapshots, or straight from a snapshot, a log or a "
    "file of jobs. "
    "Nothing here opens a network connection, and no source is ever changed.";

static const cli_example manual_examples[] = {
    { "dir=$(mktemp -d) && rdbbundle create testdata/sidekiq/flushall/old.rdb -o $dir/all.jobs -q && "
      "rdbbundle verify "
      "$dir/all.jobs testdata/sidekiq/flushall/old.rdb; rm -r $dir",
      "Keep all jobs of a snapshot, and see that they are there." },
};

/* ---- sections of the manual page ------------------------------------------------------------------------------ */

static const char manual_expressions[] =
    "`--where` takes an expression over the members of a payload:\n\n"
    "    class == \"MailJob\" && retry_count > 3\n"
    "    args[0].user_id == 42 || (queue =~ \"^mail\" && !bid)\n\n"
    "- members :: by name (`class`), within others (`args[0].user_id`), and any name in brackets "
    "(`cattr[\"user-id\"]`); items "
    "of arrays count from 0\n"
    "- values :: \"text\" with the escapes of JSON, 'text' as it stands, numbers, true, false, null\n"
    "- == != < <= > >= :: compare numbers as numbers and texts byte by byte. A member that is missing equals "
    "null; values of "
    "two kinds are not equal, and neither is less\n"
    "- =~ :: a member and a text that is a regular expression (POSIX extended), which matches any part of "
    "it\n"
    "- a value by itself :: holds unless it is missing, null or false\n"
    "- ! && || ( ) :: join them: `!` takes the whole comparison behind it, && binds closer than ||\n\n"
    "A payload that is no JSON object is never meant.";

static const char manual_bundle[] =
    "A bundle appears whole or not at all, and none is replaced without `--force`. Its files can be read by "
    "their owner alone, "
    "since payloads may hold data of customers. The same inputs make the same bytes (SOURCE_DATE_EPOCH is "
    "the time that the "
    "manifest tells).\n\n"
    "- manifest.json :: what it is, when and by what it was made, its sources with their digests, counts, "
    "and size and digest "
    "of each other file\n"
    "- jobs.ndjson :: a job a line, in the order in which they would run: where it was and goes, what is to "
    "be done with it "
    "(restore, replace, push_back, hold), why, and the payload\n"
    "- companions.ndjson :: keys that jobs need, if any: states of iterable jobs (`it-JID`), batches, unique "
    "locks, pause "
    "flags\n"
    "- restore.resp :: the stream that `rdbbundle restore` writes without options\n\n"
    "Held jobs are kept and shown, and never restored: those that would be destroyed where they were "
    "(\"poison\": no class, "
    "args that are no array, bytes that are no UTF-8 in `schedule` and `retry`), those whose lock another "
    "job holds by now, "
    "those that a living process had in hand. Heartbeats, work hashes, locks and registers of fetchers are "
    "left out; a warning "
    "names them.";

static const char manual_restoring[] =
    "    rdbdiff old.rdb new.rdb --bundle lost.jobs\n"
    "    rdbbundle show lost.jobs\n"
    "    rdbbundle restore lost.jobs | redis-cli --pipe\n"
    "    redis-cli --rdb after.rdb && rdbbundle verify lost.jobs after.rdb\n\n"
    "Let workers be quiet meanwhile, if you can. Any options of redis-cli do (`--tls`, `-u`, `--user`); an "
    "ACL must allow EVAL "
    "and the commands of lists, sets, hashes and sorted sets. Redis 2.8 and later, and Valkey, understand "
    "the stream. It is "
    "meant for one server, or a proxy that answers for all keys; a cluster refuses it.\n\n"
    "Each job is put back by a small script that first claims it in the set `rdbkit:restored:ID` of its "
    "database, ID being that "
    "of the bundle. So a stream that broke off is sent again from its beginning, and one that was sent twice "
    "changes nothing the "
    "second time, even where workers have taken the jobs by then. The set expires 30 days after the last "
    "change.\n\n"
    "redis-cli sends as fast as the server answers. To go slower, let something else hold the pipe:\n\n"
    "    rdbbundle restore --batch 20 lost.jobs | pv -qL 200k | redis-cli --pipe\n\n"
    "and against a herd of overdue jobs use `--spread` (they become due one after the other), or restore "
    "classes and queues one "
    "by one, with `rdbbundle split`.\n\n"
    "`rdbbundle undo` takes out what has not been taken by a worker yet. Give it the options that the "
    "restore had.";

static const char manual_exit_status[] = "- 0 :: done; of `verify`: the bundle is whole and, with a "
                                         "snapshot, all of its jobs are there exactly once\n"
                                         "- 1 :: of `verify`: some are not\n"
                                         "- 2 :: trouble: a wrong option, a bundle that is not whole or was "
                                         "changed, a source that cannot be read, an output that "
                                         "could not be written; of `verify`: a snapshot that was seen in "
                                         "part. `restore` and `undo` have written nothing then, "
                                         "unless it was the output that failed";

static const char manual_environment[] = "- TMPDIR :: where temporary files are made, /tmp by default. Jobs "
                                         "lie there while a bundle is written, in files without "
                                         "names\n"
                                         "- SOURCE_DATE_EPOCH :: Unix seconds to take for now: for the "
                                         "manifest, for what is overdue, for `--spread` and `--shift`";

static const cli_section manual_sections[] = {
    { "EXPRESSIONS", manual_expressions },
    { "BUNDLES", manual_bundle },
    { "RESTORING", manual_restoring },
    { CLI_SOURCES_TITLE, cli_sources_text },
    { "EXIT STATUS", manual_exit_status },
    { "ENVIRONMENT", manual_environment },
    { "SEE ALSO", "`rdbdiff`(1), `rdbcat`(1), `rdbcheck`(1), `aoflog`(1), `redis-cli`(1), `jq`(1)" },
};

#endif
