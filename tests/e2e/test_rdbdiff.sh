#!/bin/bash
# rdbdiff as a user and a pipeline see it: exit status, streams, inputs of every kind, machine output, manual. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbdiff
. tests/e2e/tap.sh
hostile=$bin # what is meant to break it is given to the build with sanitizers, where there is one
[ -x build/asan/bin/rdbdiff ] && hostile=$PWD/build/asan/bin
pair=testdata/sidekiq/lost_tail
old=$pair/old.rdb new=$pair/new.rdb

# ---- exit status --------------------------------------------------------------------------------------------

ends 1 rdbdiff "$old" "$new" && silent && tail -n 1 "$out" | grep -q '^LOST: 188 jobs lost .* - exit 1$'
result $? "lost jobs are exit 1, and the last line says so"
ends 0 rdbdiff "$old" "$old" && silent && tail -n 1 "$out" | grep -q '^NOTHING LOST: all 489 jobs .* - exit 0$'
result $? "nothing lost is exit 0"
ends 1 rdbdiff -q "$old" "$new" && silent && [ ! -s "$out" ]
result $? "-q says nothing but the exit status"
ends 0 rdbdiff --fail-on none "$old" "$new" && tail -n 1 "$out" | grep -q '^LOST: .* - exit 0$'
result $? "--fail-on none is exit 0, and the verdict stays what it is"
ends 0 rdbdiff --fail-on order,duplicated "$old" "$new" && ends 1 rdbdiff --fail-on order,lost "$old" "$new"
result $? "--fail-on counts what it lists"
ends 0 rdbdiff -q "$new" "$old" && ends 1 rdbdiff --fail-on unexpected -q "$new" "$old" && ends 1 rdbdiff --strict -q "$new" "$old"
result $? "--strict and --fail-on count what is only in NEW"
ends 0 rdbdiff --only keys "$old" "$new" && tail -n 1 "$out" | grep -q '^KEYS EQUAL: '
result $? "--only keys looks at no job"
ends 1 rdbdiff --only jobs "$old" "$new" && ! grep -q 'other keys' "$out"
result $? "--only jobs looks at no other key"
ends 0 rdbdiff --strict testdata/equal/*/a.rdb.gz testdata/equal/*/b.rdb.gz
result $? "one data set written by two servers has no difference"
all_keys() { rdbdiff --json --only keys "$@" testdata/equal/*/a.rdb.gz testdata/equal/*/b.rdb.gz |
    jq -r '.keys | .equal + .equal_other_encoding'; }
[ "$(all_keys)" -gt "$(all_keys -t string,hash)" ] && [ "$(all_keys -t string,hash)" -gt "$(all_keys -t hash)" ] &&
    [ "$(all_keys -n 0)" -gt 0 ] && [ "$(all_keys -n 15)" = 0 ] && [ "$(all_keys -K '*')" = 0 ] &&
    [ "$(all_keys --re -k .)" = "$(all_keys -k '?*')" ]
result $? "-k, -K, --re, -t and -n choose among the other keys"

# ---- mistakes at the command line ---------------------------------------------------------------------------

refuses "one operand is too few" "operand NEW is missing; try" rdbdiff "$old"
refuses "standard input cannot be both" "standard input .*only be one" rdbdiff - -
refuses "standard input cannot be two shards" "standard input .*only be one" rdbdiff "$old,-,-" "$new"
refuses "an unknown word of --fail-on" "does not know 'los'" rdbdiff --fail-on los "$old" "$new"
refuses "--map without =" "--map' takes OLD=NEW" rdbdiff --map shop "$old" "$new"
refuses "an unknown type" "not 'lists'" rdbdiff -t lists "$old" "$new"
refuses "what is no regular expression" "'[(]' is no regular expression" rdbdiff --re -k '(' "$old" "$new"
ends 2 rdbdiff --json --ndjson "$old" "$new" && says "exclude each other"
result $? "--json and --ndjson exclude each other"

# ---- inputs -------------------------------------------------------------------------------------------------

PATH=$hostile:$PATH
cp "$old" "$room/plain.rdb"
gzip -c "$new" >"$room/gzip"
zstd -q -c "$new" >"$room/zstd"
: >"$room/empty.rdb"
yes garbage | head -c 4096 >"$room/garbage.rdb"
head -c 30000 "$new" >"$room/cut.rdb"
{ head -c 20000 "$new"; printf '\377'; tail -c +20002 "$new"; } >"$room/flipped.rdb"
head -c 9000 "$room/gzip" >"$room/cut.gz"
mkdir "$room/none" "$room/shards"
echo text >"$room/none/readme"
cp "$old" "$room/shards/b.rdb"
cp testdata/sidekiq/in_progress/old.rdb "$room/shards/a"

refuses "a missing file is named" "cannot read $room/missing: cannot open: No such file" rdbdiff "$room/missing" "$new"
refuses "an empty file" "cannot read $room/empty.rdb: " rdbdiff "$old" "$room/empty.rdb"
refuses "garbage" "cannot read $room/garbage.rdb: " rdbdiff "$room/garbage.rdb" "$new"
refuses "a truncated file: key and byte" "cannot read $room/cut.rdb: .*\(.*key.*, byte [0-9]+\)|cannot read $room/cut.rdb: .*byte [0-9]+\)" \
    rdbdiff "$old" "$room/cut.rdb"
refuses "a changed byte" "cannot read $room/flipped.rdb: " rdbdiff "$old" "$room/flipped.rdb"
refuses "a truncated gzip file" "cannot read $room/cut.gz: " rdbdiff "$old" "$room/cut.gz"
refuses "a directory without a snapshot" "cannot read $room/none: .*without a snapshot" rdbdiff "$room/none" "$new"
refuses "a shard that is missing" "cannot read $room/missing: " rdbdiff "$old,$room/missing" "$new"
cp "$new" "$room/secret.rdb" && chmod 000 "$room/secret.rdb"
chmod 711 "$room"
someone=() # root may read everything, so it becomes somebody else
[ "$(id -u)" -eq 0 ] && someone=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if "${someone[@]}" rdbdiff --version >/dev/null 2>&1; then
    refuses "a file that may not be read" "cannot read $room/secret.rdb: .*Permission denied" \
        "${someone[@]}" rdbdiff "$room/plain.rdb" "$room/secret.rdb"
else
    skip "a file that may not be read" "root cannot become somebody else here"
fi
ends 1 rdbdiff "$old" "$room/gzip" && grep -q 'of gzip (50.9 KiB unpacked)' "$out" && silent
result $? "gzip, by content"
ends 1 rdbdiff "$old" "$room/zstd" && grep -q 'of zstd (50.9 KiB unpacked)' "$out" && silent
result $? "zstd, by content"
rdbdiff "$old" - <"$new" >"$out" 2>"$err"
[ $? -eq 1 ] && silent && grep -q '^LOST: 188 jobs' "$out"
result $? "a file as standard input"
# shellcheck disable=SC2002
cat "$new" | rdbdiff "$old" - >"$out" 2>"$err"
[ $? -eq 1 ] && silent && grep -q '^LOST: 188 jobs' "$out"
result $? "a pipe as standard input"
mkfifo "$room/fifo"
# shellcheck disable=SC2016
timeout 20 sh -c 'cat "$1" >"$2"' sh "$room/zstd" "$room/fifo" &
ends 1 rdbdiff "$old" "$room/fifo" && silent && grep -q '^LOST: 188 jobs' "$out"
result $? "a named pipe"
wait
ends 0 rdbdiff "$room/shards" "$room/shards/a,$room/shards/b.rdb" && silent && grep -q '^NOTHING LOST: all 648 jobs' "$out"
result $? "a directory and a list are shards of one data set"
mkdir "$room/tmp"
# shellcheck disable=SC2002
if cat "$new" | TMPDIR=$room/tmp rdbdiff --limit all "$room/zstd" - >"$out" 2>"$err"; then silent; else false; fi &&
    [ -z "$(ls -A "$room/tmp")" ]
result $? "temporary files leave nothing behind"
TMPDIR=$room/missing ends 2 rdbdiff "$old" "$room/gzip" && says "$room/missing"
result $? "a temporary file that cannot be made is named"
cmp -s "$old" "$room/plain.rdb"
result $? "an input stays as it is"

# ---- output -------------------------------------------------------------------------------------------------

for view in --color=never --json --ndjson --help --man; do
    rdbdiff $view "$old" "$new" >/dev/full 2>"$err"
    [ $? -eq 2 ] && says "cannot write standard output: No space left on device"
    result $? "a full disk is exit 2 ($view)"
    rdbdiff $view "$old" "$new" >&- 2>"$err"
    [ $? -eq 2 ] && says "cannot write standard output"
    result $? "a closed standard output is exit 2 ($view)"
done
for view in --color=never --json --ndjson; do
    rdbdiff $view --limit all "$old" "$new" 2>"$err" | head -n 1 >"$out"
    [ "${PIPESTATUS[0]}" -eq 1 ] && silent && [ -s "$out" ]
    result $? "a pipe that is closed ends it quietly ($view)"
done
ends 1 rdbdiff "$old" "$new" && ! grep -q $'\033' "$out" && ends 1 rdbdiff --color always "$old" "$new" &&
    grep -q $'\033' "$out"
result $? "colour on a terminal or when asked for"
LC_ALL=C ends 1 rdbdiff testdata/sidekiq/workers_running/{old,new}.rdb && grep -q 'queue:Übersetzung  ' "$out"
result $? "names are UTF-8 in every locale"
ends 1 rdbdiff -v --limit all testdata/sidekiq/payload_corruption/{old,new}.rdb && ! grep -Eq '"args"|\[\{|\\x22' "$out" &&
    [ "$(awk 'length > 130' "$out" | wc -l)" -eq 0 ]
result $? "no payload is shown"

# ---- machine output -----------------------------------------------------------------------------------------

# what every report has, whatever it says
# shellcheck disable=SC2016
shape='.schema == "rdbkit.diff/1" and .tool == "rdbdiff" and (.version | type) == "string" and
    ([.inputs[].role] | unique) == ["new", "old"] and
    ([.ledger.places[], .ledger.total] | all((.old, .kept, .rescheduled, .changed, .moved, .in_progress, .stranded,
        .finished, .removed, .trimmed, .lost, .unaccounted, .damaged, .moved_in, .duplicated, .resurrected, .added,
        .unexpected, .new, .out_of_order) | type == "number")) and
    ([.ledger.places[].order] | all(. == "same" or . == "changed")) and
    (.keys | .equal, .equal_other_encoding, .changed, .only_old, .only_new, .volatile, .expired | type == "number") and
    (.diagnosis, .accounts, .notes | type == "array") and (.replication.proof | type) == "string"'
job_shape='(.verdict | type) == "string" and has("transition") and has("jid") and has("class") and has("old") and
    has("new") and has("fields") and ([.old, .new] | map(select(. != null)) | length > 0 and
    all(has("place") and has("db") and has("namespace") and has("position") and has("score") and has("offset")))'
for name in lost_tail workers_running payload_corruption private_lists in_progress; do
    files=("testdata/sidekiq/$name/old.rdb" "testdata/sidekiq/$name/new.rdb")
    ends 1 rdbdiff --json "${files[@]}" && silent && jq -e "$shape and .status == \"complete\" and .exit == 1 and
        .verdict == \"different\" and ([.jobs[] | $job_shape] | all)" "$out" >/dev/null
    result $? "--json has the shape of the schema ($name)"
    cp "$out" "$room/object"
    ends 1 rdbdiff --ndjson "${files[@]}" && silent &&
        jq -es --slurpfile object "$room/object" '(.[-1].type == "summary") and
            ([.[] | select(.type == "job") | del(.type)] == $object[0].jobs) and
            ([.[] | select(.type == "key") | del(.type)] == $object[0].key_findings) and
            ((.[-1] | del(.type)) == ($object[0] | del(.jobs, .key_findings)))' "$out" >/dev/null
    result $? "--ndjson tells the same ($name)"
done
ends 1 rdbdiff --json "$old" "$new" && jq -e '.ledger.total | .lost == 188 and .kept == 301 and .old == 489 and
    .new == 301' "$out" >/dev/null && jq -e '.diagnosis[0].id == "page_limit" and .evidence == "counters"' "$out" >/dev/null
result $? "--json counts what was lost, and says why"
for view in --json --ndjson; do
    ends 2 rdbdiff $view "$old" "$room/cut.rdb" && [ -s "$err" ] && jq -e '.status == "refused" and .exit == 2 and
        .verdict == null and (.error.offset | type) == "number" and (.error.source | endswith("cut.rdb"))' "$out" >/dev/null
    result $? "a refusal is one valid object ($view)"
done
strange=$room/$'a\377"\n.rdb'
cp "$new" "$strange"
ends 1 rdbdiff --json "$old" "$strange" && jq -e '.inputs[1].path.b64 | @base64d | endswith(".rdb")' "$out" >/dev/null
result $? "a name that is no UTF-8 is base64"
ends 1 rdbdiff "$old" "$strange" && grep -q 'a\\xff"\\x0a.rdb' "$out"
result $? "and escaped where people read it"

# ---- logs ---------------------------------------------------------------------------------------------------

flush=testdata/sidekiq/flushall killed=testdata/sidekiq/killed_worker
count() { jq -r "[.jobs[] | select(.verdict == \"$1\")] | length" "$out"; }
ends 1 rdbdiff --json $flush/old.rdb $flush/new.rdb --log $flush/aof && [ "$(count finished)" = 73 ] && [ "$(count lost)" = 257 ] &&
    jq -e '.evidence == "log" and .log_only.lost == 19 and .ledger.total.lost == 238 and .logs[0].of == "new"' "$out" >/dev/null
result $? "--log tells what ended from what was flushed, and what was never in OLD"
jq -e '[.jobs[] | select(.verdict == "lost") | .log.decided | .command == "flushall" and .number == 142 and .time == 1795420636
    and .file == "appendonly.aof.2.incr.aof"] | all' "$out" >/dev/null
result $? "and by which command, where and when"
ends 1 rdbdiff $flush/old.rdb $flush/new.rdb --log $flush/aof/appendonly.aof.manifest &&
    grep -q '257 jobs LOST: gone with a flush of the data' "$out" && grep -q 'FLUSHALL at appendonly.aof.2.incr.aof:15027' "$out" &&
    grep -q '^besides, on neither side, only in a log: 19 lost$' "$out" && tail -n 1 "$out" | grep -q '(evidence: log)'
result $? "people read the same"
ends 1 rdbdiff --json $killed/old.rdb $killed/new.rdb --log $killed/aof && [ "$(count lost)" = 5 ] && [ "$(count finished)" = 39 ] &&
    jq -e '[.jobs[] | select(.verdict == "lost") | .why == "held_by_dead" and (.log.process | startswith("worker-2:"))] | all' "$out" >/dev/null
result $? "jobs that went down with their worker are named"
ends 1 rdbdiff --json $flush/old.rdb $flush/aof && [ "$(count lost)" = 257 ] && [ "$(count finished)" = 73 ]
result $? "NEW that is a log is a log by itself"
ends 1 rdbdiff --json $flush/old.rdb $flush/new.rdb --log "$killed/aof,$flush/aof" --log $killed/aof && jq -e '[.logs[].of] == ["other", "new", "other"]' "$out" >/dev/null &&
    [ "$(count finished)" = 73 ]
result $? "several logs may be given, and whose each is can be seen"
cp -r $flush/aof "$room/log"
truncate -s -30 "$room/log/appendonly.aof.2.incr.aof"
ends 1 rdbdiff $flush/old.rdb $flush/new.rdb --log "$room/log" && grep -q 'ends in the middle of a command, as after a crash' "$out"
result $? "a log that is torn at its end is read up to there"
at=$(grep -abo '^\*3' "$room/log/appendonly.aof.2.incr.aof" | sed -n '60p' | cut -d: -f1)
printf 'x' | dd of="$room/log/appendonly.aof.2.incr.aof" bs=1 seek="$at" conv=notrunc 2>/dev/null
ends 2 rdbdiff $flush/old.rdb $flush/new.rdb --log "$room/log" && grep -q 'read in part: .*command' "$out"
result $? "one that is damaged in its middle leaves a doubt, and that is exit 2"
refuses "a log that is not there" "no-such-log" rdbdiff $flush/old.rdb $flush/new.rdb --log "$room/no-such-log"

# ---- manual -------------------------------------------------------------------------------------------------

examples
manual
missing=
for word in $(sed -n 's/.*\[RK_WHY_[A-Z0-9_]*\] = { "\([a-z0-9_]*\)".*/\1/p' librdb/report/words.c) \
    $(sed -n 's/^ *{ "\([a-z_]*\)", say_.*/\1/p' librdb/diff/diagnose.c); do
    sed 's/\\//g' "$room/page" | grep -q "$word" || missing="$missing $word"
done
[ -z "$missing" ]
result $? "the manual page knows every reason and cause${missing:+, but not$missing}"

echo "1..$number"
