/* rdbcat_manual: what --help and the manual page of rdbcat say beside its options (see cli_section). */
#ifndef RDBCAT_MANUAL_H
#define RDBCAT_MANUAL_H

#include "common/cli_source.h"

static const char manual_description[] =
    "Writes what is in FILE on standard output, key by key: snapshots (RDB files) of any version of Redis "
    "and Valkey, or append-only files, as of their end or of any moment (`FILE@MOMENT`, see SOURCES), plain "
    "or "
    "packed with gzip or zstd; `-` is standard input. A directory is an append-only one, or stands for the "
    "snapshots in it; several files are written one behind the other. Values are streamed, however large "
    "they are.\n\n"
    "The exit status is 0 when all that was asked for has been written, 1 when commands cannot bring over "
    "all of it, and 2 when something could not be read or written.";

static const cli_example manual_examples[] = {
    { "rdbcat testdata/sidekiq/lost_tail/old.rdb | jq -c 'select(.type == \"list\") | [.key, (.value | "
      "length)]'",
      "How long is each list?" },
    { "rdbcat -k 'queue:mailers' testdata/sidekiq/lost_tail/old.rdb | jq -r '.value[] | fromjson | .jid'",
      "Which jobs stand in a queue?" },
    { "rdbcat --format csv testdata/sidekiq/lost_tail/old.rdb | head -n 5",
      "A list of the keys for a spreadsheet." },
    { "rdbcat --format keys --ttl any --type string,hash testdata/sidekiq/lost_tail/old.rdb",
      "Names of keys that will expire, of two types." },
    { "gzip -c testdata/sidekiq/lost_tail/new.rdb | rdbcat --size 1k- --format keys -",
      "From a pipe: what takes a kilobyte or more in the file." },
    { "key=$(mktemp) && head -c 32 /dev/urandom > \"$key\" && rdbcat --redact keys,values --redact-key "
      "\"$key\" --limit 3 testdata/sidekiq/lost_tail/old.rdb; rm \"$key\"",
      "To be shown to others: tokens instead of names and values." },
};

/* ---- details of options --------------------------------------------------------------------------------------- */

static const char format_details[] = "See OUTPUT.";

static const char null_details[] =
    "For `xargs -0` and the like. A name that holds a byte 0 itself cannot be told from two names then.";

static const char ttl_details[] =
    "What is left to live, both ends included; numbers are seconds, or have the unit ms, s, m, h or d. "
    "`none` is no expiry, `any` some expiry, `expired` one that has passed. Where the file does not say when "
    "it was saved, it is counted from now.";

static const char size_details[] =
    "Both ends included; k, M and G are powers of 1024. Counted are the bytes of the whole record in the "
    "(unpacked) file: expiry, name and value as they lie there, maybe compressed. Every value is passed over "
    "first and read again when it is wanted; what cannot be read twice (a pipe, a packed file) is kept in a "
    "temporary file meanwhile.";

static const char limit_details[] =
    "What follows in the file is not read then: damage in it is not found, and the checksum not looked at.";

static const char redact_details[] =
    "Each name (`keys`) or string within a value (`values`: items, members, fields and their values, names "
    "of groups and consumers) becomes `r:` and 32 hexadecimal digits: its keyed BLAKE2b. The same bytes have "
    "the same token wherever they stand, in every file for which the same secret is used, so that what is "
    "shared can still be compared and joined; without the secret nobody can try out what they were. Types, "
    "sizes, numbers of elements, scores, times and ids of streams stay as they are. Filters see the real "
    "names.";

/* ---- sections of the manual page ------------------------------------------------------------------------------ */

static const char manual_output[] =
    "- ndjson :: a JSON object for each key, a line each, in the order of the file: see NDJSON\n"
    "- json :: the same objects as one array, a line each. When the file cannot be read to its end, the "
    "array is not closed: what is not whole is no JSON\n"
    "- csv :: a list of the keys without their values (RFC 4180, lines end in CR LF): see CSV\n"
    "- keys :: the name of each key, a line each. What is no printable UTF-8, and the backslash, is \\xNN: "
    "`printf '%b'` of bash turns a line back into the bytes. Or with `--null` the bytes as they are\n"
    "- resp :: commands that rebuild the keys, for `redis-cli --pipe`: see COMMANDS";

static const char manual_ndjson[] =
    "A string that is not valid UTF-8 is an object {\"b64\":\"...\"} with its bytes in base64, wherever "
    "bytes of the data set may stand, so that nothing is lost. Members may be added in later versions; none "
    "changes its meaning.\n\n"
    "- db, key :: number of the database, name of the key\n"
    "- type :: \"string\", \"list\", \"set\", \"zset\", \"hash\", \"stream\", \"module\", \"array\", or "
    "\"other\" for what only the builds of some vendors have\n"
    "- encoding :: how it lies in the file: \"quicklist of listpacks\", \"intset\" ...\n"
    "- expire_ms :: when it expires, Unix time in milliseconds, or null\n"
    "- idle_s, freq :: seconds since its last use, or its LFU counter, where the file tells\n"
    "- key_meta :: what modules attached to the key, where there is something: a list of "
    "[class,version,flags,values], sorted by class; values as in a module\n"
    "- value :: see below; it comes last\n\n"
    "The value of each type:\n\n"
    "- string :: the bytes\n"
    "- list :: a list of items, head first\n"
    "- set :: a list of members, sorted by their bytes. (Where Dragonfly let a member expire, it is "
    "[member,expiry].)\n"
    "- zset :: a list of [member,score], sorted by score, then by the bytes of the member. A score is a "
    "string of up to 17 digits, which reads back to the same number: \"1.5\", \"-0\", \"inf\", \"-inf\"\n"
    "- hash :: a list of [field,value,expiry], sorted by the bytes of the field; expiry is that of the "
    "field, Unix time in milliseconds, or null\n"
    "- stream :: entries, a list of [id,[field,value,...]]; length, last_id, max_deleted_id and "
    "entries_added (null where the server was too old to tell); groups; idmp (idempotent producers: "
    "duration, max_entries, iids_added, iids_duplicates, and producers, a list of [producer,[[idempotent "
    "id,id],...]]) unless nothing was ever set\n"
    "- group of a stream :: name, last_id, entries_read (null where it is not known); consumers: name, "
    "seen_ms, active_ms (null: not told; -1: never) and pending, a list of ids; pel, a list of "
    "[id,consumer,delivery_ms,count], where the consumer is null when nobody owns the entry; nacked, a list "
    "of ids, if there are any\n"
    "- array :: items, a list of [index,text] with the index as a string of digits; cursor, a whole number "
    "up to 2^64-2, or null\n"
    "- module :: module (the name of its type), version (of its encoding) and values, as the module saved "
    "them: [\"signed\",1], [\"unsigned\",\"1\"] (a string, since it may be above 2^63; most modules save "
    "numbers below 0 like this, too, less 2^64), [\"float\",\"1.5\"], [\"double\",\"1.5\"], "
    "[\"string\",\"text\"]\n"
    "- other :: other (the encoding) and values, as in a module, or [\"path\",path] and "
    "[\"field\",field,value]\n\n"
    "Sets, sorted sets and hashes of more than 4 MiB (of members, fields and values, and 40 bytes for each) "
    "come in the order of the file: nothing huge is held in memory. Only a single string must fit into it, "
    "and the names of the consumers and 40 bytes for each pending entry of one group of a stream.\n\n"
    "A line that does not end in } was cut off: the value could not be read to its end. Whether all keys "
    "were written is what the exit status says.";

static const char manual_csv[] =
    "The first line names the columns; later versions may add some at the end. What is not known is "
    "empty.\n\n"
    "- db, key, key_b64 :: database and name: as text in quotes, or in base64 in the next column when it is "
    "not valid UTF-8 or holds a byte 0\n"
    "- type, encoding, expire_ms, idle_s, freq :: as in NDJSON\n"
    "- elements :: items, members, fields, entries, or values of a module; 1 for a string\n"
    "- bytes, offset :: of the record in the (unpacked) file, and where its type byte stands (empty for a "
    "log), as rdbcheck "
    "counts\n"
    "- slot :: hash slot of the name in a cluster; empty when names are redacted";

static const char manual_commands[] =
    "`--format resp` writes commands for the server that `--for` names, the newest Redis without it: what "
    "that server "
    "does not know yet is written in an older form, or left out.\n\n"
    "    set -o pipefail\n"
    "    rdbcat --format resp --for valkey:8.1 dump.rdb | redis-cli --pipe\n\n"
    "An empty server is what they are for. A key that is there is replaced, so that the same may be sent "
    "twice; other "
    "keys and libraries of functions stay. Each key is built by commands of bounded size, and gets its "
    "expiry last; a "
    "key whose time has passed is sent with that time, and a server drops it, as it does when it loads the "
    "file. Libraries "
    "of functions come first, unless keys are chosen by a filter.\n\n"
    "Streams get their entries, ids, counters, groups, consumers and pending entries. A pending entry whose "
    "message "
    "is gone needs the message for a moment: it is added and taken away again. Since the order of commands "
    "matters, send "
    "them over one connection.\n\n"
    "With `--restore` a value goes as it lies in the file (RESTORE), with its idle time or counter and its "
    "metadata, "
    "wherever the server knows that type and takes that much at once (512 MiB); else by commands. Values of "
    "modules, "
    "vector sets among them, have no commands: they go by RESTORE in any case, and the server must have the "
    "module. (A "
    "server before Redis 6.2 that lacks it exits at such a RESTORE: there they are left out without "
    "`--restore`.)\n\n"
    "What does not come over is told on standard error, with its number and the first key, and makes the "
    "exit status "
    "1: types, times to live of fields and counts that the server does not have, values of modules, metadata "
    "of keys "
    "without `--restore`, what modules keep beside keys (AUX), and times to live that KeyDB and Dragonfly "
    "give to "
    "members. Pending entries that no consumer owns go to a consumer named rdbkit-unowned where the server "
    "has no "
    "XNACK. Never sent, and not counted: idle times and counters of use without RESTORE, when consumers were "
    "last "
    "seen, and how often a stream refused a duplicate.";

static const char manual_exit_status[] =
    "- 0 :: all that was asked for has been written, if only nothing\n"
    "- 1 :: commands (`--format resp`) that do not bring over all of it: standard error tells what is lost, "
    "and how much of it\n"
    "- 2 :: trouble: a wrong option, an input that cannot be read, is damaged or was seen in part (what "
    "stands before the trouble has been written; further files are not read), or an output that could not be "
    "written\n\n"
    "A pipe that is closed by its reader (`| head`) ends rdbcat quietly.";

static const char manual_files[] =
    "Inputs are opened for reading only and never changed.\n\n"
    "- TMPDIR :: where temporary files are made (`--size`, `--format resp`), /tmp by default";

static const cli_section manual_sections[] = {
    { CLI_SOURCES_TITLE, cli_sources_text },
    { "OUTPUT", manual_output },
    { "NDJSON", manual_ndjson },
    { "CSV", manual_csv },
    { "COMMANDS", manual_commands },
    { "EXIT STATUS", manual_exit_status },
    { "FILES AND ENVIRONMENT", manual_files },
    { "SEE ALSO", "`rdbcheck`(1), `rdbdiff`(1), `jq`(1), `redis-cli`(1)" },
};

#endif
