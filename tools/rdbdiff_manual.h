/* rdbdiff_manual: what --help and the manual page of rdbdiff say beside its options (see cli_section). */
#ifndef RDBDIFF_MANUAL_H
#define RDBDIFF_MANUAL_H

#include "common/cli_source.h"

static const char manual_description[] =
    "Says of every job in OLD what became of it in NEW: kept, moved, changed, in progress, lost ... and "
    "of the jobs in NEW where they come from; then compares all other keys by value. OLD and NEW are "
    "snapshots (RDB files) of any version of Redis and Valkey, or append-only files, as of their end or of "
    "any "
    "moment (`FILE@MOMENT`, see SOURCES), plain or packed with gzip or zstd; `-` is standard input. A "
    "directory is an append-only one, or one data set in shards, and so are several names with commas "
    "between.\n\n"
    "The exit status is the answer: 0 when nothing is lost, 1 when something is, 2 when that cannot be "
    "told.";

static const cli_example manual_examples[] = {
    { "rdbdiff testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb", "Was anything lost?" },
    { "rdbdiff -q testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb || echo 'stop the "
      "cutover'",
      "As the gate of a pipeline." },
    { "rdbdiff --json testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb | jq "
      ".ledger.total.lost",
      "How many, for a program." },
    { "rdbdiff --ndjson testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb | jq -r "
      "'select(.verdict == \"lost\") | "
      ".jid'",
      "Which ones." },
    { "gzip -c testdata/sidekiq/lost_tail/new.rdb | rdbdiff --limit all testdata/sidekiq/lost_tail/old.rdb -",
      "From a pipe, with every job listed." },
    { "rdbdiff --only keys --ignore 'cache:*' testdata/sidekiq/lost_tail/old.rdb "
      "testdata/sidekiq/lost_tail/new.rdb",
      "Only what is no job, but for a cache." },
    { "rdbdiff testdata/sidekiq/flushall/old.rdb testdata/sidekiq/flushall/new.rdb --log "
      "testdata/sidekiq/flushall/aof",
      "What ended, and what was lost by which command, from the log in between." },
    { "rdbdiff testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb --bundle "
      "\"$(mktemp -d)/lost.jobs\"",
      "What was lost, as a bundle that gives it back." },
};

/* ---- details of options
 * ------------------------------------------------------------------------------------- */

static const char bundle_details[] =
    "DIR is a folder that can be looked at, verified and given back with `rdbbundle`(1), or by `redis-cli "
    "--pipe < "
    "DIR/restore.resp` alone. It appears whole or not at all, for the eyes of its owner only, and an "
    "existing one is "
    "replaced with `--force` alone. Where there is nothing to put into it, none is written. See BUNDLE.";

static const char bundle_verdicts_details[] =
    "Words are `lost`, `damaged`, `irregular` (changed as Sidekiq changes nothing, in its place), "
    "`stranded`, "
    "`unaccounted`, `removed` and `trimmed`. Unaccounted jobs may have run to their ends.";

static const char strict_details[] =
    "Then only kept jobs and equal keys make 0, as between two copies of one state. A key that expired "
    "between the two moments, one that changes by itself, and one that is equal in another encoding are "
    "no differences.";

static const char fail_on_details[] = "Words are the verdicts, and beside them `irregular` (a job that was "
                                      "moved or changed as Sidekiq does not), `order` "
                                      "(a queue in another order), `keys` (other keys that were changed, or "
                                      "are on one side only), `all` and `none`. "
                                      "With `--only keys` the default is keys.";

static const char only_details[] =
    "`jobs` leaves the other keys alone, `keys` looks at no job. The filters (`--key`, `--ignore`, `--type`, "
    "`--db`) "
    "choose among the other keys, by the type that they have in OLD; jobs are compared in any case.";

static const char map_details[] =
    "Needed only where it cannot be found out: when both sides have one layout of Sidekiq, these are "
    "taken to be the same whatever their namespaces. `--map shop=` is for a move from the namespace shop "
    "to none.";

static const char alive_details[] = "Counted from the last heartbeat to the moment of the snapshot; 4s "
                                    "unless it is given (0: as if it were not). Sidekiq beats every 5 "
                                    "seconds, from 7.0 on every 10: give 15s where processes that live are "
                                    "taken to be dead. A job in the hands of a "
                                    "dead process is not in progress, but stranded or lost. A log shows how "
                                    "often a process beats: unless the "
                                    "option is given, it is alive for '--log' until its next heartbeat is "
                                    "overdue, too, or until all others have "
                                    "stopped behind its last one.";

static const char log_details[] =
    "A single file, a manifest, or the folder with one; several with commas; each may have @MOMENT behind "
    "it, "
    "where reading ends. Logs of the old and of the new instance may be given together: what each of them is "
    "shows by itself. An append-only file that is given as NEW is a log, too.";

/* ---- sections of the manual page
 * ---------------------------------------------------------------------------- */

static const char manual_verdicts[] =
    "Each job of OLD gets one of these:\n\n"
    "- kept :: same place, same bytes, same time\n"
    "- rescheduled :: same sorted set and bytes, other time\n"
    "- changed :: same place and jid, other bytes; the report names the fields\n"
    "- moved :: another place\n"
    "- in_progress :: in the work hash of a live process; or, by a log, taken by one that has had no "
    "heartbeat since\n"
    "- stranded :: in the private list of a process that is not alive: not lost, but nobody will run it "
    "unless it is pushed back\n"
    "- finished :: gone, and a log shows that a worker took it and ended it (needs a log)\n"
    "- removed :: gone, and a log shows that somebody took it out: one by one, or by clearing its queue or "
    "set as the web interface does (needs a log)\n"
    "- trimmed :: gone from the dead set by its limit of age or number\n"
    "- lost :: gone, and nothing says that it ran: the counters did not move, it was not due, or all "
    "that was processed were other jobs; or a log shows a flush, a deleted, renamed or overwritten key, "
    "LTRIM, or a worker that took it and was not heard of any more\n"
    "- unaccounted :: gone while workers were busy: it may have run. When more are gone than the "
    "counters can explain, the report says how many at least are lost. With a log the reason says why "
    "that does not tell\n"
    "- damaged :: its payload does not parse any more, lost its jid, or carries a value that was "
    "squeezed or cut\n"
    "- resurrected :: a log shows that it had ended, and it is pending in NEW: it will run once more\n\n"
    "A job of NEW that is no job of OLD gets one of these:\n\n"
    "- duplicated :: more copies than in OLD\n"
    "- added :: created after OLD was taken\n"
    "- unexpected :: older than OLD, yet not in it\n\n"
    "With a log, jobs may be found that are on neither side: they came after OLD, or were in hand then, and "
    "are lost, or wait in another instance (a split brain), or are in hand, or unaccounted for. They stand "
    "beside the ledger, in a line of their own, and count for the exit status as others do.\n\n"
    "A job that was moved or changed is said to be `progress` when that is a step of Sidekiq's own (a "
    "retry, a due job, another failed attempt), else `irregular`: a queue that the payload does not "
    "name, other arguments, a value that a script re-serialised.\n\n"
    "A job is known by its jid; where the payload has none, by its bytes. Bytes are compared first, so "
    "that copies find their own.";

static const char manual_ledger[] =
    "The ledger has a row for each place and must balance:\n\n"
    "    OLD = kept + rescheduled + changed + moved + in_progress + stranded + finished\n"
    "          + removed + trimmed + lost + unaccounted + damaged + resurrected\n"
    "    NEW = OLD - finished - removed - trimmed - lost - unaccounted\n"
    "          + duplicated + added + unexpected\n\n"
    "Within a row, what moved out is missing from NEW and MOVED IN adds to it. Places are named "
    "`queue:NAME`, `schedule`, `retry`, `dead`, `interrupted`, `work:IDENTITY` (the work hash of a "
    "process) and `private:KEY` (a list of jobs in hand), and `in_hand` stands for what a log shows in the "
    "hands of workers and NEW shows nowhere; with the prefix of their namespace in front, "
    "and `dbN` where any lies outside database 0. Rows in which everything is kept stand together in one "
    "unless `-v` is given. ORDER says whether the jobs that both sides share stand in the same order. In "
    "`queue:NAME[N]`, N counts from the head of the list, as LINDEX does: the last is the next to run.";

static const char manual_evidence[] =
    "What the verdicts on missing jobs rest on:\n\n"
    "- snapshots :: two pictures, and no counters\n"
    "- counters :: stat:processed and stat:failed of both sides. When they did not move, no worker ended "
    "a job in between, and a missing job did not run: quiet the workers, then compare, and two snapshots "
    "are proof. A process counts what it ended with its next heartbeat only, 5 or 10 seconds later, and "
    "one that is killed before never does: where one was at work, what is missing is unaccounted\n"
    "- log :: the commands between the two, from append-only files (`--log`). A log that begins before OLD "
    "or goes on beyond NEW does no harm where it tells times: by annotations (aof-timestamp-enabled), or by "
    "heartbeats. Whether it is NEW's own is seen from the jobs that only NEW has: one that does not know "
    "them is of another instance. Nothing is written when a job ends: a heartbeat, begun after the job was "
    "taken, that does not show it, a clean stop, an acknowledgement or the counters tell. Where two "
    "processes may have taken it, and one of them went down, the job stays unaccounted. A log that ends in "
    "the middle of a command is read up to there, as a server does; one that cannot be read further is used "
    "as far as it was read, and the exit status is 2\n\n"
    "When both files tell the same replication id, and the offset of NEW is not smaller, the replica had "
    "received all that OLD had: the report says so, as a proof apart from the jobs.";

static const char manual_bundle[] =
    "With `--bundle`, jobs that were lost are put into a job bundle, a folder that gives them back once, in "
    "their "
    "order:\n\n"
    "- lost, removed, trimmed, unaccounted :: go back to where OLD has them, bytes and score unchanged; what "
    "a worker "
    "had in its hands goes to the end of its queue that runs first; a job that only a log knows comes with "
    "the last "
    "payload that the log has of it. Where namespace or database are others in NEW, it is the new ones\n"
    "- damaged, irregular :: OLD's payload and score take the place of the copy in NEW\n"
    "- stranded :: goes from the private list in NEW back to its queue\n\n"
    "A job whose jid is anywhere else in NEW, or that a log shows to have ended, is never given back. Such a "
    "job, the "
    "second one of a jid, one that Sidekiq would destroy where it was (poison), and one whose unique lock is "
    "held by "
    "another job now is held: it is kept and shown, and a restore leaves it alone. Keys that the jobs need "
    "come along "
    "from OLD: state of iterable jobs, batches, locks, pauses of queues.\n\n"
    "The bundle is made of both inputs as they were: what happened to NEW since then is not known. A jid "
    "that came "
    "back meanwhile would be there twice; make the bundle of a snapshot that is as new as can be, with "
    "workers "
    "quiet. Where part of the input was not seen, what seems lost may be there, and nothing is written "
    "without "
    "`--force`.";

static const char manual_exit_status[] =
    "- 0 :: nothing counts that was found\n"
    "- 1 :: something was found that counts: by default jobs that are lost, unaccounted, stranded, "
    "damaged, duplicated or resurrected, that were moved or changed irregularly, or a queue in another "
    "order (`--fail-on`, `--strict`)\n"
    "- 2 :: trouble: a wrong option, an input that cannot be read, is damaged or was seen in part, or an "
    "output or a bundle that could not be written. Trouble wins over differences\n\n"
    "A pipe that is closed by its reader ends the report quietly and changes nothing.";

static const char manual_machine_output[] =
    "`--json` prints one object. Fields may be added in later versions; none changes its meaning. The "
    "order of fields means nothing, but verdict and exit stand at the end: behind all that they rest on. "
    "A string that is not valid UTF-8 is an object {\"b64\":\"...\"} with its bytes in base64, wherever "
    "a string may stand, so that nothing is lost. What was not compared (`--only`) is null.\n\n"
    "- schema :: \"rdbkit.diff/1\"\n"
    "- tool, version :: \"rdbdiff\" and its version\n"
    "- inputs :: a list of the files: role (\"old\", \"new\"), path, format (\"rdb\", \"aof\"), packing "
    "(\"plain\", \"gzip\", \"zstd\"), file_size, content_size (bytes, unpacked), rdb_version (or null), "
    "server, "
    "ctime (Unix seconds or null; of a log that of its last annotation, or of its base), repl_id, "
    "repl_offset (or null), keys, jobs, checksum (\"ok\", "
    "\"absent\", \"bad\", \"unseen\"), complete, unseen_bytes, reason (as error, or null), and how many "
    "there are of functions, module_values, modules (a list of name, values and AUX records), "
    "slot_imports, sub_key_expiries, vendor_records and trailing (bytes); log: null for a snapshot, else "
    "files, commands, base_keys, failed and opaque (commands), uncertain_keys, all_uncertain, torn, "
    "open_multi, "
    "torn_bytes, annotated, relative_times, stopped (at the moment), left_out (`--without`), first_failed "
    "and "
    "first_opaque (as error, or null)\n"
    "- ledger :: places, a list of rows, and total, their sum. A row: place, db, namespace (\"\" for "
    "none), old, one number for each verdict, moved_in, new, order (\"same\", \"changed\"), out_of_order "
    "(the fewest jobs that would have to move to restore the order), irregular, reversed, cut_at "
    "(the list was cut there, or null), doubled, in_new (db and namespace in NEW, or null)\n"
    "- keys :: numbers of other keys: equal, equal_other_encoding (not among equal), changed, only_old, "
    "only_new, volatile (they change by themselves), expired, empty\n"
    "- jobs :: a list of all jobs that were not kept, see below\n"
    "- key_findings :: a list of all keys that differ, see below\n"
    "- diagnosis :: likely causes: id and text\n"
    "- accounts :: what the counters of each layout say: old, new (db and namespace, or null), counters "
    "(there are any), processed, failed (how far they moved, or null), visible (executions that show in "
    "jobs still there), gone_runnable, gone_idle (missing jobs that could run by themselves, and that "
    "could not; both without those that a log decides), logged_ended (missing jobs that a log shows to have "
    "ended), at_least_lost (so many of the unaccounted ones did not end), lagging (a process may have "
    "ended missing jobs that it did not count yet)\n"
    "- replication :: proof (\"none\", \"complete\", \"behind\", \"other_history\"), old and new (id and "
    "offset, or null)\n"
    "- logs :: a list of the logs: path, files (names), of (\"new\": NEW's own; \"other\"), complete, reason "
    "(as error, or null), torn (as error, or null), commands, jobs, opaque (commands that could not be "
    "replayed), first, last (Unix seconds, or null), annotated, uncertain (some of the opaque ones "
    "may have touched Sidekiq's keys), goes_beyond_new, ends_before_new, "
    "at_most_lost (of those that cannot be told one from the other)\n"
    "- log_only :: jobs that are on neither side: numbers of lost, unaccounted and in_progress\n"
    "- notes :: what else matters: id and text\n"
    "- bundle :: null without `--bundle`, else: path, outcome (\"written\", \"empty\": there was nothing to "
    "put into "
    "it, \"partial\": part of the input was not seen, \"failed\"), id (or null), jobs, acts (numbers of "
    "restore, "
    "replace, push_back and hold, or null), may_have_run (of the jobs that a restore touches), "
    "without_payload (jobs "
    "that a log knows to be lost and no source has the payload of), command (that gives them back, for a "
    "shell, or "
    "null), error (or null)\n"
    "- status :: \"complete\"; \"partial\" when part of an input was not seen; \"refused\" when there is "
    "no result\n"
    "- verdict :: \"different\" when something was found that counts for the exit status, \"same\" when "
    "not; null when refused\n"
    "- exit :: the exit status, unless standard output fails\n"
    "- evidence :: \"snapshots\", \"counters\" or \"log\"; null when refused\n"
    "- error :: null, or why it was refused: code (\"io\", \"truncated\", \"damaged\", \"unknown\", "
    "\"format\", \"usage\", \"no_memory\"), what, where, source, offset (bytes), hint\n\n"
    "A job:\n\n"
    "- verdict, transition :: a verdict; \"progress\", \"irregular\" or null\n"
    "- why :: the reason in one word, or null: counters_still, explained, not_due, dead_does_not_run, "
    "place_gone, may_have_run, may_be_in_hand, not_counted_yet, held_by_silent, no_counters, counters_back, "
    "not_seen, age, limit, wrong_queue, no_failure, not_a_step, before_time, other_layout, fields, not_json, "
    "no_jid, not_utf8, score_cut, respelled, same_bytes, same_jid; by a log: ended, had_ended, in_hand, "
    "deleted_alone, cleared, flushed, key_gone, overwritten, list_cut, held_by_dead, taken_by_dead, "
    "never_pushed, elsewhere, one_of_several, more_than_threads, no_process, between, log_ends, other_log, "
    "not_in_log\n"
    "- jid, raw :: jid is null where it cannot be read; then raw is there: the first 16 hex digits of "
    "the XXH3-64 of the payload\n"
    "- class :: behind ActiveJob's wrapper the job's own class; null where there is none\n"
    "- old, new :: null, or where it is: place, db, namespace, position (from the head of a list, or "
    "null), score (of a sorted set, or null; \"inf\", \"-inf\" and \"nan\" are strings), offset (bytes "
    "into the unpacked file, of the string that holds the job; null in a log), file (where a side has "
    "several)\n"
    "- fields :: names of the payload's fields that differ\n"
    "- created_at, enqueued_at :: Unix seconds, whatever the payload's unit; or null\n"
    "- error_class :: of its last failure, or null\n"
    "- stranded :: it stands in the list of a dead process\n"
    "- holder :: the silent process in whose hands it was seen last, or null\n"
    "- resurrected :: a log shows that it had ended, and it is pending\n"
    "- log :: null, or the evidence of a log: log (its path), fate (\"ended\", \"lost\", \"in_hand\" ...), "
    "because (a word, or null), taken and decided (null, or command, file, offset in bytes, number in its "
    "file, time in Unix seconds or null), process (who has or had it, or null), last_place (of a job that "
    "is on neither side: place, private, db, namespace; else null)\n\n"
    "A key:\n\n"
    "- verdict :: \"changed\", \"only_old\", \"only_new\" or \"expired\"\n"
    "- key, db :: its name, and where\n"
    "- old, new :: null, or type, expire_ms (Unix milliseconds, or null), elements, offset (null in a log), "
    "file (where a side has several)\n"
    "- differs :: some of \"type\", \"value\", \"ttl\"\n\n"
    "`--ndjson` prints the same as one JSON text a line: each job with \"type\":\"job\", each key with "
    "\"type\":\"key\", and last the rest with \"type\":\"summary\". A stream without a summary was cut "
    "off.";

static const char manual_diagnosis[] =
    "Where the pattern is known, the report names the likely cause:\n\n"
    "- emptied :: NEW holds no Sidekiq at all\n"
    "- older_state :: counters went back: an older snapshot, a lagging replica, a flush or a reset\n"
    "- replica_behind :: NEW was saved before the replica had received all of OLD\n"
    "- reversed :: queues are reversed: LRANGE and LPUSH\n"
    "- reordered :: queues are in another order: sorted, or through a set\n"
    "- page_limit :: each list is cut at one length: LRANGE 0 N\n"
    "- sets_skipped :: sorted sets are missing whole\n"
    "- queues_gone :: queues are missing whole\n"
    "- private_lists_left :: lists of jobs in hand were not copied\n"
    "- imported_twice :: places have every job twice\n"
    "- reserialised :: same values, other bytes: the JSON was decoded and encoded\n"
    "- scores_squeezed :: times lost digits or changed their unit\n"
    "- name_cut_at_colon :: jobs are under a queue name that was cut at a colon\n"
    "- ttl_lost :: keys lost their time to live\n";

static const char manual_files[] =
    "Inputs are opened for reading only and never changed; only `--bundle` writes anything. What cannot be "
    "read twice (a pipe, a packed "
    "file) is kept in a temporary file that has no name; the report of a great many jobs is, too.\n\n"
    "- TMPDIR :: where temporary files are made, /tmp by default\n"
    "- SOURCE_DATE_EPOCH :: Unix seconds that are written into a bundle as its time, so that the same inputs "
    "make the "
    "same bytes\n"
    "- NO_COLOR :: when set and not empty, colour is only used with `--color always`";

static const char manual_limits[] = "Two snapshots show no job that came and went in between, and cannot "
                                    "tell a job that ended from one that was deleted "
                                    "or lost while workers were busy: such jobs are unaccounted. A worker "
                                    "that is killed takes the jobs in its hands "
                                    "with it; they are seen only when its last heartbeat showed them.\n\n"
                                    "Arguments and other contents of jobs are never shown, only names of "
                                    "fields, classes, jids, places and times; but keys of "
                                    "the application are named.\n\n"
                                    "Values of modules are compared by their bytes. A file of a newer "
                                    "version than is known is read as far as it is "
                                    "understood; the result is then partial, and the exit status 2.";

static const cli_section manual_sections[] = {
    { CLI_SOURCES_TITLE, cli_sources_text },
    { "VERDICTS", manual_verdicts },
    { "LEDGER", manual_ledger },
    { "EVIDENCE", manual_evidence },
    { "EXIT STATUS", manual_exit_status },
    { "BUNDLE", manual_bundle },
    { "MACHINE OUTPUT", manual_machine_output },
    { "DIAGNOSIS", manual_diagnosis },
    { "FILES AND ENVIRONMENT", manual_files },
    { "LIMITS", manual_limits },
    { "SEE ALSO", "`rdbbundle`(1), `diff`(1), `jq`(1), `redis-cli`(1)" },
};

#endif
