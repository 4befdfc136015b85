/* aoflog_manual: what --help and the manual page of aoflog say beside its options (see cli_section). */
#ifndef AOFLOG_MANUAL_H
#define AOFLOG_MANUAL_H

#include "common/cli.h"

static const char manual_description[] =
    "Tells the history that an append-only file holds: what was written and when, who took jobs away and "
    "what "
    "was there before, the life of one key or of one Sidekiq job. Nothing is changed, and no server is "
    "needed.\n\n"
    "FILE is a log of any kind: a plain append-only file, one with a snapshot at its head, a manifest, a "
    "directory "
    "with one (`appendonlydir`); single files may be packed with gzip or zstd, and `-` is standard input. "
    "`FILE@MOMENT` is the same as `--until MOMENT`.\n\n"
    "Without a question, a summary is printed: files, commands by name, writes along time, and the commands "
    "that "
    "may have taken jobs away. One question can be asked at a time: `--destructive`, `--key`, `--jid`, "
    "`--last-writer`, `--quietest` or `--list`.";

static const cli_example manual_examples[] = {
    { "aoflog testdata/sidekiq/flushall/aof", "What was written, when, and by which commands?" },
    { "aoflog --destructive testdata/sidekiq/flushall/aof",
      "Who removed the jobs, when, and what was there before? What now?" },
    { "aoflog --key queue:billing testdata/sidekiq/flushall/aof",
      "What happened to a queue, command by command?" },
    { "aoflog --last-writer retry testdata/sidekiq/flushall/aof", "Which command wrote a key last?" },
    { "aoflog --jid 002ffe5e4e13de5e9e3bf49d testdata/sidekiq/flushall/aof",
      "What became of a job, and why?" },
    { "aoflog --quietest 3s testdata/sidekiq/flushall/aof", "When is there least to be written?" },
    { "aoflog --list --since before:FLUSHALL --limit 5 testdata/sidekiq/flushall/aof",
      "The commands from the FLUSHALL on, a line each." },
    { "aoflog --destructive --ndjson testdata/sidekiq/flushall/aof | jq -r 'select(.counts) | .before'",
      "The moment to rewind to, for a program." },
};

/* ---- details of options --------------------------------------------------------------------------------------- */

static const char quietest_details[] =
    "Spans are 90s, 20m, 2h, 1d. The three quietest are told that do not overlap, the busiest, and how many "
    "writes "
    "the usual one has; of a log of two days or more, the hours of the day, too. Times are of the log, in "
    "UTC: it "
    "needs annotations (`aof-timestamp-enabled yes`). What stands in a base is a state, and is not counted.";

static const char destructive_details[] =
    "FLUSHALL, FLUSHDB and SWAPDB always; DEL, UNLINK, RENAME, MOVE, and whatever overwrites a key, of a "
    "queue, a "
    "set of jobs (retry, schedule, dead, interrupted), a private list of a fetcher or the set `queues`, "
    "under any "
    "namespace; LTRIM, ZREMRANGEBYSCORE and other commands that take several jobs at once out of a key. Told "
    "are the "
    "keys and jobs before and after, the classes of the jobs, and whether Sidekiq itself writes the like.";

static const char least_details[] = "Default 5. Smaller cuts are only counted.";

static const char sidekiq_only_details[] = "Without it all keys are replayed, so that it can be told how "
                                           "many there were. Values that no command touches "
                                           "stay in their file.";

static const char key_details[] = "Patterns are those of the command KEYS (`*`, `?`, `[a-z]`, `\\x`) and are "
                                  "matched against whole names. Each "
                                  "command that changed such a key is told, with its elements before and "
                                  "after. A key that goes by another name "
                                  "(RENAME) or into another database (MOVE, SWAPDB) is followed there.";

static const char jid_details[] = "Pushed, taken, shown in the work hash of a process, failed, scheduled, "
                                  "due, died, trimmed, deleted, flushed, "
                                  "ended: each with its place in the log. Pops do not say what they took, so "
                                  "all of Sidekiq's keys are replayed; "
                                  "heartbeats and counters tell which jobs ended. At last a sentence says "
                                  "what became of it, and what that rests on.";

static const char last_writer_details[] = "A name, not a pattern. Its arguments are shown in full.";

static const char list_details[] =
    "FILE:OFFSET (the offset alone where the log is one file), time, database, command, with blanks between. "
    "`--full` shows all arguments.";

static const char since_details[] = "A MOMENT is one of those that stand behind the @ of a source: a time "
                                    "(from the first command of that second "
                                    "on), `offset:N`, `offset:FILE:N`, `before:COMMAND`, "
                                    "`before:last:COMMAND` (from that command on). What came "
                                    "before is replayed all the same, where the answer rests on a replay.";

static const char until_details[] = "With all of that second, or up to the command.";

static const char limit_details[] = "Default 20; of `--list`, `--key` and `--destructive`, all events.";

static const char full_details[] = "Otherwise a job's payload is shown as its class and jid, longer "
                                   "arguments are cut, and many are only counted.";

/* ---- sections ------------------------------------------------------------------------------------------------- */

static const char manual_first_aid[] =
    "As long as the server runs, the log grows and may be rewritten; a rewrite replaces it by the present "
    "state, and "
    "the history is gone. So, before anything else:\n\n"
    "- CONFIG SET auto-aof-rewrite-percentage 0 :: no rewrite by itself; and nobody sends BGREWRITEAOF\n"
    "- CONFIG SET save \"\" :: no save over dump.rdb, which may be older and still hold the jobs\n"
    "- no plain SHUTDOWN :: it saves when save points are set; `SHUTDOWN NOSAVE` does not\n"
    "- copy :: the folder of the log, and dump.rdb\n\n"
    "Then `rdbconv FILE@offset:N -o before.rdb` writes the state before a command, and `rdbconv FILE "
    "--without N -o "
    "without.rdb` the state without it, with all that came later; `--destructive` prints both with the right "
    "place. "
    "`rdbdiff before.rdb FILE` tells the jobs that are missing.";

static const char manual_exit_status[] =
    "- 0 :: the question was answered; `--destructive` found nothing\n"
    "- 1 :: `--destructive` found something that counts; the key or the job that was asked for is not in the "
    "log\n"
    "- 2 :: trouble: a file that cannot be opened or is damaged (what stands before the damage has been "
    "told), a "
    "command that cannot be replayed and may have taken jobs away, standard output that cannot be written, a "
    "mistake "
    "at the command line\n\n"
    "Expired keys, trims of the dead set by Sidekiq, flushes of nothing, swaps of databases without jobs, "
    "and cuts whose jobs the same "
    "transaction put "
    "elsewhere are told, and do not count. A torn end is no damage: a server cuts it off, too.";

static const char manual_machine_output[] =
    "`--json` prints one object. Fields are only ever added. A text that is not valid UTF-8 is an object "
    "{\"b64\":\"...\"} with its bytes in base64, wherever a name may stand. Times are Unix seconds, null "
    "where they are "
    "not known.\n\n"
    "- schema :: \"rdbkit.aoflog/1\"\n"
    "- tool, version, path :: \"aoflog\", its version, FILE\n"
    "- question :: \"summary\", \"quietest\", \"last_writer\", \"list\", \"destructive\", \"key\", \"jid\"\n"
    "- manifest, files :: path of the manifest or null; a list of name, path, role (\"base\", \"increment\", "
    "\"log\")\n"
    "- events, event_count :: a list, see below; of the last four questions\n"
    "- replay :: where the answer rests on one: done, nothing, failed, opaque (commands by outcome), "
    "opaque_first, "
    "uncertain_keys, all_uncertain, torn, torn_bytes, open_multi, time, stopped\n"
    "- exit, error :: the exit status, unless standard output fails; error as in rdbdiff(1)\n\n"
    "`--ndjson` prints each event on a line, and last the rest with \"type\":\"summary\". A stream that does "
    "not end "
    "with it was cut off.\n\n"
    "Of summary, quietest and list, a file also has:\n\n"
    "- read, packing, size, begin :: to its end; how it is packed; bytes when unpacked; where its commands "
    "begin\n"
    "- base_keys, saved, server :: of a snapshot at its head\n"
    "- annotations, good :: how many; where the last whole command ends\n"
    "- torn, open_multi, torn_bytes :: it ends in the middle of a command, of a transaction; what stands "
    "behind `good`\n"
    "- gap_count, gap_bytes, gaps :: damage that was passed over: from, to, error; the first 20\n"
    "- commands, writes, bytes, first, last :: of the range (summary alone)\n\n"
    "Summary:\n\n"
    "- damaged :: there is a gap, or a file before the last one is torn\n"
    "- all, transactions :: as of a file; MULTI blocks\n"
    "- names, other_names :: name, commands, bytes; commands of further names\n"
    "- minutes :: seconds (of a slot) and writes: a list of [time, writes] without empty slots\n"
    "- untimed :: writes before the first annotation\n"
    "- suspects :: count, and the first 1,000: name, file, offset, time, db, key\n"
    "- clock_stepped_back :: an annotation is earlier than the one before\n\n"
    "Quietest:\n\n"
    "- span, first, to, slot :: in seconds: what was asked for; the time that the log covers; how exactly "
    "times are told\n"
    "- quietest, busiest :: from, to, writes\n"
    "- usual, hours :: writes of the window in the middle; null, or the average of each hour of the day from "
    "00 UTC\n\n"
    "A spot, wherever there is one: null, or base (true: in the snapshot at the head, then only file), file, "
    "offset, "
    "number (of the command in its file, from 1), time, name.\n\n"
    "Events of list, \"type\":\"command\": spot, db, command (a line), args (with `--full`), multi (where "
    "its "
    "transaction begins, or null).\n\n"
    "Events of destructive, \"type\":\"destructive\", with these and what a command has:\n\n"
    "- kind :: \"flushed\", \"swapped\", \"deleted\", \"expired\", \"renamed\", \"moved\", \"overwritten\", "
    "\"cut\", "
    "\"trimmed\"\n"
    "- hand :: \"sidekiq\": as Sidekiq writes it; \"maybe\"; \"other\"\n"
    "- counts :: for the exit status\n"
    "- keys_before, keys_after, jobs_before, jobs_after :: in all databases; keys are null with "
    "`--sidekiq-only`\n"
    "- carried :: jobs that the same transaction put into keys\n"
    "- keys, more_keys :: db, key, type, jobs (it held jobs), before, after (items); keys beyond 1,000\n"
    "- classes, classes_of :: class, jobs: the most frequent of the jobs that were looked at\n"
    "- before :: the moment before it, for `FILE@`\n\n"
    "Beside them: counted, small_cuts, small_cut_jobs, trims, trimmed_jobs, jobs (at the end), "
    "writes_behind, "
    "before_first.\n\n"
    "Events of key, \"type\":\"key\", and writer of last_writer (or null), with what a command has:\n\n"
    "- what :: \"found\", \"created\", \"changed\", \"expiry\", \"replaced\", \"renamed\", \"moved\", "
    "\"emptied\", "
    "\"removed\", \"flushed\", \"uncertain\"\n"
    "- key, before, after :: its name; null, or type, elements, expire_ms\n"
    "- expired :: removed, and its time was over\n"
    "- other, other_db :: where it went, or null\n\n"
    "Events of jid, \"type\":\"job\": what (\"found\", \"pushed\", \"scheduled\", \"taken\", "
    "\"taken_listed\", \"shown\", "
    "\"acknowledged\", \"pushed_back\", \"failed\", \"died\", \"interrupted\", \"due\", \"enqueued\", "
    "\"rescheduled\", "
    "\"moved\", \"copied\", \"copy_gone\", \"ended\", \"removed\", \"trimmed\", \"lost\", \"unknown\"), "
    "spot, jid, class, "
    "place (kind, db, namespace, key), end (\"head\", \"tail\"), score, process.\n\n"
    "And \"type\":\"fate\": fate (\"pending\", \"in_hand\", \"between\", \"ended\", \"removed\", "
    "\"trimmed\", \"lost\", "
    "\"unknown\"), because (a word, or null), jid, class, place, pushed, taken, decided (spots), process, "
    "pushed_here, "
    "sentence.";

static const char manual_files[] =
    "Inputs are opened for reading only and never changed. A replay of what cannot be read twice (a pipe, a "
    "packed "
    "file) keeps it in a temporary file that has no name.\n\n"
    "- TMPDIR :: where temporary files are made, /tmp by default\n"
    "- NO_COLOR :: when set and not empty, colour is only used with `--color always`";

static const char manual_limits[] = "A log does not say which client sent a command. Servers do not log "
                                    "commands that change nothing, and write some "
                                    "in other words than they were sent: a BRPOP is an RPOP, an expired key "
                                    "is a DEL. Without annotations there are "
                                    "no times, but for jobs, where heartbeats and pushes tell some.\n\n"
                                    "Of standard input, `--key` and `--last-writer` keep all keys in memory, "
                                    "since what they need is found by a first "
                                    "pass.\n\n"
                                    "Payloads of jobs are shown by class and jid, but other arguments of "
                                    "commands are shown, and with `--full` and "
                                    "`--last-writer` all of them.";

static const cli_section manual_sections[] = {
    { "FIRST AID", manual_first_aid },
    { "EXIT STATUS", manual_exit_status },
    { "MACHINE OUTPUT", manual_machine_output },
    { "FILES AND ENVIRONMENT", manual_files },
    { "LIMITS", manual_limits },
    { "SEE ALSO", "`rdbconv`(1), `rdbdiff`(1), `rdbcheck`(1), `redis-check-aof`(1), `jq`(1)" },
};

#endif
