/* rdbcheck_manual: what --help and the manual page of rdbcheck say beside its options (see cli_section). */
#ifndef RDBCHECK_MANUAL_H
#define RDBCHECK_MANUAL_H

#include "common/cli.h"

static const char manual_description[] =
    "Verifies snapshots (RDB files) completely, without a server: the checksum, every length, every entry of "
    "every "
    "packed encoding, and what must not occur twice. It goes on behind damage, so that one run lists every "
    "problem, "
    "with its place in the file and the key it is in. Then it tells what is in the file, and which servers "
    "can load "
    "it.\n\n"
    "FILE is a snapshot of any version of Redis and Valkey, plain or packed with gzip or zstd; `-` is "
    "standard input. "
    "A directory, or several names with commas between, stands for the snapshots in it.\n\n"
    "FILE may also be an append-only file, with or without a snapshot as its head, or a set of them: the "
    "manifest, or "
    "its directory. Then every command is checked, too; see APPEND-ONLY FILES. With a moment "
    "(`FILE@before:FLUSHALL`; see "
    "rdbconv(1), SOURCES) it is the state at that moment that is checked, as the snapshot that rdbconv(1) "
    "writes of it.\n\n"
    "The exit status is the answer: 0 when all is whole, 1 when something is wrong, 2 when that cannot be "
    "told.";

static const cli_example manual_examples[] = {
    { "rdbcheck testdata/sidekiq/lost_tail/old.rdb", "Is it whole, and what is in it?" },
    { "rdbcheck -q testdata/sidekiq/lost_tail/*.rdb && echo 'the backups are sound'",
      "As a step of a backup." },
    { "rdbcheck --for redis:6.2 --for valkey:8 testdata/redis-7.4.1-functions.rdb",
      "Could we roll back, or move, and what would be lost?" },
    { "rdbcheck --json testdata/sidekiq/lost_tail/old.rdb | jq '.files[].dbs[].types[] | {type, keys}'",
      "How many keys, for a program." },
    { "rdbcheck --ndjson --for redis:6.2 testdata/sidekiq/lost_tail/old.rdb | jq -r 'select(.type == "
      "\"obstacle\") | .what'",
      "Only what stands in the way." },
    { "rdbcheck --explain 0x4fd testdata/redis-7.2.6-modules.rdb",
      "What is the byte at this offset, and what does it belong to?" },
    { "rdbcheck testdata/aof/torn_push/appendonlydir",
      "What is wrong with the append-only files, and what do they still hold?" },
    { "rdbcheck --explain 340 testdata/aof/torn_push/appendonlydir/appendonly.aof.2.incr.aof",
      "Which command does this byte belong to?" },
    { "gzip -c testdata/sidekiq/lost_tail/old.rdb | rdbcheck --top 3 -",
      "From a pipe, with the three biggest keys." },
};

/* ---- details of options --------------------------------------------------------------------------------------------- */

static const char for_details[] = "TARGET is redis:VERSION (1.0 to 8.10), valkey:VERSION (7.2 to 9.2; with "
                                  "`:relaxed` behind it where the server is "
                                  "told `rdb-version-check relaxed`), keydb:VERSION, dragonfly, or "
                                  "sidekiq:VERSION. A major version alone is the "
                                  "oldest of its kind: redis:7 is 7.0. The answer comes from the bytes that "
                                  "the file uses, and names what stands in "
                                  "the way, with a number and the first key: what `blocks` the load, what it "
                                  "`needs` (a module, a setting), and what "
                                  "the server `loses` or changes. What blocks makes the exit status 1. "
                                  "Without this option, the oldest Redis and "
                                  "Valkey are told that load the file as it is.\n\n"
                                  "For sidekiq:VERSION the answer is about the jobs: those that this version "
                                  "would not see, not run, or show wrongly; "
                                  "and about the servers on which it runs.";

static const char top_details[] = "By the bytes that they take in the file. 0 names none.";

static const char replay_details[] =
    "A command may fail on the data that it finds: a push to a key that is no list. A server "
    "says so in its log at most, and goes on. Takes memory for the data. "
    "What is damaged, and standard input, is not replayed.";

static const char salvage_details[] =
    "Whole keys are copied byte for byte; a damaged list, set, sorted set "
    "or hash keeps its sound items, with their "
    "order. The header and the checksum are new. The file appears whole or "
    "not at all, is read back and checked, and is "
    "never the input. Only with one FILE.\n\n"
    "Of an append-only file a file of its own is written, of a set a directory with a "
    "manifest that only names what is there. Left out are the "
    "commands that are broken or that no server knows, and transactions that are broken or "
    "have no EXEC; what follows on them is kept, in the database that it belongs to. The "
    "snapshots in it are salvaged like others. With `--force` a "
    "directory is replaced if it holds nothing but files with the names of a set.";

static const char assume_details[] = "For a file whose first bytes are destroyed, when it is known better "
                                     "than by a guess which server wrote it (see "
                                     "LOST HEADERS): REDIS and four digits, or VALKEY and three.";

static const char map_details[] = "A JSON object, see MACHINE OUTPUT. Only with one FILE.";

static const char explain_details[] =
    "OFFSET counts bytes of the unpacked file, in decimal, or in hexadecimal behind `0x`. Nothing is checked "
    "but "
    "what stands between the beginning of the file and there; see EXPLAINED BYTES. Of a set, one file is to "
    "be "
    "named.";

/* ---- sections of the manual page ---------------------------------------------------------------------------------------- */

static const char manual_checks[] =
    "A problem is one of these:\n\n"
    "- damage :: the bytes contradict the format, or a server refuses or changes them\n"
    "- unseen :: what cannot be judged: a byte that no known version gives a meaning, a newer version\n"
    "- notice :: legal, and yet worth knowing\n\n"
    "Each is told with its step (what was being checked), its offset, and the key with its database, type "
    "and encoding. "
    "Offsets count bytes of the unpacked file; what is wrong within a compressed string is told at the "
    "string's first "
    "byte.\n\n"
    "Checked are: the header; every length against the bytes that remain; compressed strings; every entry of "
    "ziplists, "
    "listpacks, intsets and zipmaps, with their chains and counts; scores; streams with their counts, groups "
    "and pending "
    "entries; field TTLs; module values as far as they describe themselves; keys, members and fields that "
    "are there "
    "twice; empty keys; the checksum; and bytes behind the end. That is at least what a server checks with "
    "`sanitize-dump-payload yes`.";

static const char manual_append_only[] =
    "The manifest is judged line by line by the rules of the servers, and each line that they refuse is "
    "told. "
    "Where it is missing or damaged, the files that it should list are taken by their names. Told are: files "
    "that "
    "are listed and not there (damage), history, files that are listed nowhere, temporary files that a "
    "rewrite "
    "left "
    "behind, and empty files (notices; an empty snapshot is damage).\n\n"
    "The head or base is checked like any snapshot. Of the commands are checked: the framing, with CR LF "
    "behind "
    "every argument; whether any server knows the command and its subcommand; whether it has the arguments "
    "that "
    "it needs; MULTI and EXEC; the end. Behind damage the next commands are looked for, so that one run "
    "lists "
    "every "
    "problem, with the file, the byte, the number and name of the command, what was passed over, and what "
    "follows. Commands whose effect cannot be seen (scripts, modules) are notices. Whether a command would "
    "fail "
    "on the "
    "data that it finds is only looked at with `--replay`: servers ignore such commands.\n\n"
    "What a server makes of it is told with `aof-load-truncated yes`, its default, and with `no`. A file "
    "that "
    "breaks "
    "off in a command or a transaction is damaged (exit 1), though a server with `yes` cuts the last one off "
    "there, and says only in its log that it did. A length that leads behind the end is the same to it, even "
    "where "
    "thousands of sound commands follow: these are counted. What a torn command still holds is told: its "
    "key, how many "
    "arguments are whole, and how many of these look like jobs of Sidekiq.\n\n"
    "With `--for` a command that the server does not know `blocks`, and so does a form (SET with PXAT) that "
    "it does "
    "not know: the load goes on, but what the command wrote is missing. A module, or more than 16 databases, "
    "is "
    "a `need`. What a sidekiq TARGET would make of jobs in commands is not judged (exit 2). `--top` names so "
    "many "
    "of the most frequent commands.";

static const char manual_lost_headers[] =
    "A file that does not begin with REDIS or VALKEY and a version is refused: it may be anything. With "
    "`--salvage` or "
    "`--assume` a header that cannot be read is damage like any other, as long as records are found behind "
    "it that "
    "cannot be chance; where there are none, the file is refused and nothing is written. With `--salvage`, a "
    "version that is newer than all that are known is damage, too, when the AUX fields name a server that is "
    "known.\n\n"
    "A notice tells what the file is then read as, and the salvaged file gets that header: what the server "
    "wrote whose "
    "version is found in the AUX fields; where these are lost, the oldest version that has all types and "
    "opcodes that "
    "are found, so that as many servers as can be load it. A few types mean one thing in Redis and another "
    "in Valkey: "
    "without AUX fields, the one is taken under which more can be read.\n\n"
    "`--assume` says which header it had, also where another one is there.";

static const char manual_exit_status[] =
    "- 0 :: every file is whole, and every TARGET loads it\n"
    "- 1 :: damage was found, or something blocks a TARGET\n"
    "- 2 :: trouble: a file that cannot be opened or is neither snapshot nor append-only file, a "
    "part that cannot be judged, standard output that "
    "cannot be written, a mistake at the command line. Trouble wins.";

static const char manual_machine_output[] =
    "`--json` prints one object. Fields are only ever added. A text that is not valid UTF-8 is an object "
    "{\"b64\":\"...\"} with its bytes in base64, wherever a name may stand. Names of keys are cut at 1024 "
    "bytes.\n\n"
    "- schema :: \"rdbkit.check/1\"\n"
    "- tool, version :: \"rdbcheck\" and its version\n"
    "- files :: a list, see below\n"
    "- exit :: the exit status, unless standard output fails\n\n"
    "A file:\n\n"
    "- path, format, packing, file_size, content_size, rdb_version, server, ctime, repl_id, repl_offset, "
    "checksum, "
    "complete, unseen_bytes, reason, functions, module_values, modules, slot_imports, sub_key_expiries, "
    "vendor_records, "
    "trailing :: as in rdbdiff(1)\n"
    "- magic :: \"REDIS\" or \"VALKEY\"\n"
    "- used_memory :: of the server when it saved, in bytes, or null\n"
    "- keys, expiries :: that were read to their end, and those of them that have an expiry\n"
    "- dbs :: db and types: type, keys, expiries, elements, bytes (of the records in the file)\n"
    "- keys_elsewhere :: keys in databases beyond the first 1024\n"
    "- encodings :: type, encoding, type_byte, keys, bytes, example (db and key)\n"
    "- biggest :: db, key, type, encoding, elements, bytes\n"
    "- opcodes :: how often each opcode occurs, by its number\n"
    "- traits :: what matters to some servers: field_ttl, stream, stream_counters, stream_idmp, stream_nack, "
    "stream_length, stream_unowned, array, module, key_meta, idle, late_expiry, empty, duplicate_key, "
    "duplicate_member, "
    "wide_length, long_string, small_ziplist_int, backlen_old, backlen_new, sub_key_expiry; each with count "
    "and example "
    "(db and key, or null)\n"
    "- field_ttls :: hash fields with a TTL\n"
    "- longest_string :: in bytes\n"
    "- aux :: name, value (cut at 256 bytes), count; aux_elsewhere: fields beyond the first 256 names\n"
    "- libraries :: names of function libraries\n"
    "- sidekiq :: null, or a list of layouts: db, namespace, places (place, kind, jobs, listed of a queue, "
    "alive of a list "
    "in hand), processes, alive, processed, failed; sidekiq_unseen: keys that may be Sidekiq's and were too "
    "many\n"
    "- job_forms :: null, or with a sidekiq TARGET: ms_time, ms_limit, text_time, new_wrapper, extension, "
    "no_jid, "
    "broken; each with count and example\n"
    "- problem_counts :: damage, unseen, notice\n"
    "- problems :: kind, step, offset (or null), what, db, key, type, key_type (the same as type, which on a "
    "line of "
    "`--ndjson` is \"problem\"), encoding (null outside of keys)\n"
    "- oldest :: redis, valkey (the oldest that loads it, or null), valkey_relaxed\n"
    "- targets :: target, loads, obstacles: id, blocks, needs, count, what, advice (or null), example\n"
    "- salvage :: null, or path, keys, whole, partial, pieces, lost, left_out, suspects, bytes_lost, "
    "bytes_written\n"
    "- status :: \"whole\", \"damaged\", \"uncertain\", \"refused\" (then only path, status, exit and error "
    "are there)\n"
    "- exit, error :: of this file; error as in rdbdiff(1)\n\n"
    "An append-only file, or a set of them:\n\n"
    "- path, problem_counts, oldest, targets, status, exit, error :: as above\n"
    "- format :: \"aof\" (of a snapshot \"rdb\")\n"
    "- directory, manifest :: whether it is a set; the path of its manifest, or null\n"
    "- commands, transactions, lost_commands, lost_bytes :: in all files; lost_commands are at least so "
    "many\n"
    "- parts :: the files, in the order in which they are loaded, then others: path, name, standing (loaded, "
    "missing, "
    "history, stray, temporary), role (base, increment, history), seq, line (of the manifest), size, "
    "packing; when it was "
    "read also commands_begin, complete_to, commands, transactions, lost_commands, lost_bytes, torn, "
    "open_multi, "
    "times (first, last, annotations, stepped_back), by_name (how many of each command), head (a snapshot, "
    "as "
    "above, or null)\n"
    "- problems :: as above, and part, line, number (of the command), command, in_multi, passed_from, "
    "passed_to, "
    "follows; each or null. Further steps: manifest, missing, history, stray, temporary, empty file, "
    "framing, "
    "torn, zeros, transaction, command, arity, annotation, opaque, database, replay\n"
    "- replay :: null, or with `--replay` keys, failed, opaque, uncertain_keys\n"
    "- torn_command :: null, or part, offset, command, key, arguments, whole, values, jobs\n"
    "- load :: load_truncated_yes, load_truncated_no (\"all\", \"cut\", \"empty\", \"refused\"), part, "
    "offset, bytes (that "
    "stand "
    "behind), commands (sound ones that a cut takes away), only_the_tail, why\n"
    "- salvage :: null, or path, files, files_lost, commands, left_out, bytes_left_out, bytes_written, "
    "snapshots (as "
    "the salvage of one, of those that were damaged)\n\n"
    "`--ndjson` prints a JSON text a line: each problem with \"type\":\"problem\", each obstacle with "
    "\"type\":\"obstacle\" and its target, and last the rest of the file with \"type\":\"file\"; each line "
    "names its file. "
    "A stream that does not end with a file was cut off.\n\n"
    "`--map` writes one object:\n\n"
    "- schema, path :: \"rdbkit.map/1\", and the file that was checked\n"
    "- spans :: of all bytes between the header (or byte 0, when it is lost) and the checksum, in order: "
    "kind (\"sound\", \"pieces\", "
    "\"lost\", "
    "\"left_out\"), from, to, db, db_known, suspect, keys, count, key (index into damaged_keys, or null)\n"
    "- damaged_keys :: db, key, type, encoding, begin, announced, pieces\n"
    "- parts :: instead of these two for append-only files: path, standing, size, commands_begin, head "
    "(null, or "
    "spans and "
    "damaged_keys), spans of the commands: kind (\"sound\", \"lost\", \"left_out\"), from, to, commands";

static const char manual_explained[] =
    "`--explain` shows one stretch of the file, a line with up to 16 bytes for each thing that the format "
    "knows: "
    "opcode, length, key, count, string, node, entry, encoding byte, backlen. What belongs to something "
    "stands "
    "behind it, further to the right. `>` and brackets mark the byte that was asked for.\n\n"
    "Of a compressed string, the runs near the byte are shown, and then what was decompressed: there, "
    "offsets "
    "begin with `+` and count from the beginning of the decompressed string, and `>` marks what comes from "
    "the run "
    "in which the byte lies.\n\n"
    "Of an append-only file it shows the commands: number, arguments and lengths, whether a transaction is "
    "open, and the "
    "annotation before it.\n\n"
    "Where the bytes cannot be read on, a line with `!` says why, and what follows is shown as it is. The "
    "exit "
    "status is 1 when there is such a line.\n\n"
    "With `--json` it is one object:\n\n"
    "- schema, tool, version :: \"rdbkit.explain/1\", \"rdbcheck\", its version\n"
    "- path, packing, offset, size :: the file, how it is packed, the offset that was asked for, bytes when "
    "unpacked\n"
    "- record :: kind (\"key\", \"AUX\", \"header\", \"end\" ...), begin, end, and for a key db, key, type, "
    "encoding; or null\n"
    "- error :: what stopped the reading, as in rdbdiff(1), or null\n"
    "- items :: offset, length, depth, text, bytes (the first 64, in hexadecimal), holds (the byte that was "
    "asked "
    "for), has_parts (items behind it tell of its bytes), error; decoded: it lies inner bytes into the "
    "decompressed "
    "string, inner_length bytes long";

static const char manual_files[] =
    "Inputs are opened for reading only and never changed. What cannot be read twice (a pipe, a packed file) "
    "is kept in "
    "a temporary file that has no name. Nothing is written but what `--salvage` and `--map` ask for, and "
    "these replace "
    "no file without `--force`.\n\n"
    "- TMPDIR :: where temporary files are made, /tmp by default\n"
    "- NO_COLOR :: when set and not empty, colour is only used with `--color always`";

static const char manual_limits[] =
    "Whether a server has a module, or accepts the code of a function "
    "library, cannot be seen in a file. What a server "
    "newer than those that are known would make of it is not known, either.\n\n"
    "Values are never shown, but keys are named.";

static const cli_section manual_sections[] = {
    { "CHECKS", manual_checks },
    { "APPEND-ONLY FILES", manual_append_only },
    { "LOST HEADERS", manual_lost_headers },
    { "EXIT STATUS", manual_exit_status },
    { "MACHINE OUTPUT", manual_machine_output },
    { "EXPLAINED BYTES", manual_explained },
    { "FILES AND ENVIRONMENT", manual_files },
    { "LIMITS", manual_limits },
    { "SEE ALSO", "`rdbdiff`(1), `redis-check-rdb`(1), `redis-check-aof`(1), `jq`(1)" },
};

#endif
