#!/bin/bash
# aoflog as a user sees it: what was taken away, the lives of keys and jobs, quiet times, lists; logs of every kind, damage,
# exit status, streams, manual. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=aoflog
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}
log=testdata/sidekiq/flushall/aof
truth=testdata/sidekiq/flushall/truth.json
part=$log/appendonly.aof.2.incr.aof

# holds FILTER: what was printed is JSON of which that is true
holds() { jq -es "$1" "$out" >/dev/null; }
last() { tail -n 1 "$out"; }

# ---- summary --------------------------------------------------------------------------------------------------------

ends 0 aoflog "$log" && silent && last | grep -q '^READ: 295 commands, 281 writes in 6 transactions - exit 0$' &&
    grep -q '^1 command may have taken jobs away' "$out" && grep -q 'appendonly.aof.2.incr.aof:15027 *0 flushall$' "$out"
result $? "a summary of files, commands and suspects"
ends 0 aoflog --json "$log" && silent && holds '.[0] | .schema == "rdbkit.aoflog/1" and .question == "summary" and
    .all.commands == (.names | map(.commands) | add) and .all.commands == (.files | map(.commands) | add) and
    .all.bytes == (.names | map(.bytes) | add) and (.minutes.writes | map(.[1]) | add) == .files[1].writes and
    .suspects.count == 1 and .suspects.first[0].offset == 15027 and .exit == 0 and .error == null'
result $? "the same in JSON, and it adds up"
ends 0 aoflog --limit 3 "$log" && grep -q 'and 11 more names' "$out"
result $? "--limit"
ends 0 aoflog -c flushall -c RPOP --json "$log" && holds '.[0].names | map(.name) | sort == ["flushall", "rpop"]'
result $? "commands by name, in any case"

# ---- what was taken away --------------------------------------------------------------------------------------------

ends 1 aoflog --destructive "$log" && silent && grep -q '^FLUSHED  2026-11-23 07:57:16 UTC, appendonly.aof.2.incr.aof:15027' "$out" &&
    grep -q 'keys: 20 before, 0 after; jobs: 257 before, 0 after' "$out" && grep -q '^FIRST AID' "$out" &&
    last | grep -q '^TAKEN AWAY: 1 command, and 122 writes after the last; 48 jobs at the end - exit 1$'
result $? "a FLUSHALL, with what was there before, and advice"
command=$(sed -n 's/^    \(rdbconv .*\) -o before.rdb$/\1/p' "$out")
without=$(sed -n 's/^    \(rdbconv .*\) -o without.rdb$/\1/p' "$out")
eval "$command -o $room/before.rdb" >"$out" 2>"$err" && rdbdiff --only jobs "$log@before:FLUSHALL" "$room/before.rdb" >"$out" 2>"$err"
result $? "the command that rewinds does"
eval "$without -o $room/without.rdb" >"$out" 2>"$err" &&
    rdbdiff --only jobs --json "$room/before.rdb" "$room/without.rdb" >"$out" 2>"$err"
[ "$(jq '[.jobs[] | select(.verdict == "added")] | length' "$out")" -gt 20 ]
result $? "and so does the one that keeps what came later"
ends 1 aoflog -d --ndjson "$log" && holds 'length == 2 and (.[0] | .type == "destructive" and .kind == "flushed" and .hand == "other" and
    .counts and .keys_before == 20 and .keys_after == 0 and .jobs_before == 257 and .jobs_after == 0 and .spot.offset == 15027 and
    .spot.time == 1795420636 and .before == "offset:appendonly.aof.2.incr.aof:15027" and
    (.keys | map(select(.jobs)) | map(.before) | add) == 257 and (.classes | map(.jobs) | add) == 257) and
    (.[1] | .type == "summary" and .counted == 1 and .event_count == 1 and .exit == 1)'
result $? "the same, a line each"
[ "$(jq '.fates.lost | length' "$truth")" -eq 257 ]
result $? "as many jobs as truly were lost"
ends 1 aoflog -d --sidekiq-only --json "$log" && holds '.[0].events[0] | .keys_before == null and .jobs_before == 257'
result $? "--sidekiq-only counts no keys"
ends 0 aoflog -d "$log@before:FLUSHALL" && last | grep -q '^NOTHING TAKEN AWAY: 257 jobs at the end - exit 0$' &&
    ends 0 aoflog -d --since offset:15045 "$log" && last | grep -q '^NOTHING TAKEN AWAY: 48 jobs at the end - exit 0$'
result $? "moments choose what is told"
if [ -n "$corpus" ]; then
    ends 1 aoflog -d --json "$corpus/sidekiq/s03_lost_queue/aof" && holds '.[0].events | map([.kind, .hand, .command, .spot.offset]) ==
        [["deleted", "other", "DEL queue:billing", 39], ["deleted", "other", "DEL queue:geo:tiles", 72]]' &&
        [ "$(jq '.fates.lost | length' "$corpus/sidekiq/s03_lost_queue/truth.json")" -eq "$(jq '.events | map(.jobs_before - .jobs_after) | add' "$out")" ]
    result $? "deleted queues, and as many jobs as truly were lost"
    good=0
    for scenario in s01_clean_promotion s02_workers_running s06_retries_double_import s07_kill9_in_progress s10_split_brain \
        s14_private_lists_reliable_fetch s16_in_progress_at_snapshot; do
        ends 0 aoflog -d "$corpus/sidekiq/$scenario/aof" || good=1
    done
    result $good "nothing was taken away where nothing was"
else
    skip "deleted queues" "no corpus"
    skip "nothing was taken away where nothing was" "no corpus"
fi

# ---- keys -----------------------------------------------------------------------------------------------------------

ends 0 aoflog --key 'queue:*' --key retry "$log" && silent && last | grep -Eq '^[0-9]+ events of 15 keys - exit 0$' &&
    grep -q '^2026-11-23 07:57:16  appendonly.aof.2.incr.aof:15027 (142)  flushed  db0 retry  12 -> none  FLUSHALL$' "$out"
result $? "the life of keys"
ends 0 aoflog --key '*' --ndjson "$log" && cp "$out" "$room/events" && rdbcat --format csv "$log" | tail -n +2 | tr -d '\r' |
    awk -F, '{ print $2, $9 }' | tr -d '"' | sort >"$room/real"
jq -rs 'map(select(.type == "key")) | group_by(.key) | map(last | select(.after)) | .[] | "\(.key) \(.after.elements)"' "$room/events" |
    sort >"$out"
[ -s "$out" ] && cmp -s "$room/real" "$out"
result $? "at its end, each key has as many elements as the log replayed"
jq -es 'map(select(.type == "key")) | group_by(.key) | all(. as $life | all(range(1; length); $life[.].before == $life[. - 1].after))' \
    "$room/events" >"$out" 2>"$err"
result $? "what a key was before a command is what the one before left"
ends 0 aoflog --key '*' --json testdata/valkey-9.1.2-functions.rdb && holds '.[0].events | length == 7 and all(.what == "found" and .spot.base) and
    (map(select(.key == "x")) | .[0].after) == {type: "stream", elements: 1, expire_ms: null}'
result $? "what is there as the log begins"
ends 1 aoflog --key nix "$log" && last | grep -q '^no such key is in the log - exit 1$'
result $? "a key that is not there is exit 1"
ends 0 aoflog --last-writer retry "$log" && silent && grep -q '(142)  flushed  db0 retry  12 -> none  FLUSHALL$' "$out"
result $? "the last writer is who removed it"
ends 0 aoflog -w schedule --json "$log" && holds '.[0].writer | .what == "changed" or .what == "created" and (.args | length) > 2 and
    (.args[0] | ascii_downcase) == "zadd"'
result $? "the last writer, with all arguments"
ends 1 aoflog -w nix "$log" && silent
result $? "no writer is exit 1"

# ---- jobs -----------------------------------------------------------------------------------------------------------

# fate JID: what became of it, in one word
fate() { aoflog --jid "$1" --json "$2" 2>"$err" | jq -r '[.events[] | select(.type == "fate") | .fate] | last // "none"'; }

# fates SCENARIO FATE WORD: the first jobs of that fate in truth have that fate in the log, too
fates() {
    local jid good=0
    for jid in $(jq -r --arg fate "$2" '.fates[$fate][:4][] | if type == "object" then .jid else . end' "$1/truth.json"); do
        [ "$(fate "$jid" "$1/aof")" = "$3" ] || good=1
    done
    result $good "jobs that are $2 in $(basename "$1") are $3"
}

fates testdata/sidekiq/flushall lost lost
fates testdata/sidekiq/flushall finished ended
fates testdata/sidekiq/flushall transient ended
fates testdata/sidekiq/flushall new pending
if [ -n "$corpus" ]; then
    fates "$corpus/sidekiq/s02_workers_running" finished ended
    fates "$corpus/sidekiq/s02_workers_running" moved pending
    fates "$corpus/sidekiq/s02_workers_running" unchanged pending
    fates "$corpus/sidekiq/s03_lost_queue" lost lost
    fates "$corpus/sidekiq/s14_private_lists_reliable_fetch" finished ended
    fates "$corpus/sidekiq/s16_in_progress_at_snapshot" in_progress in_hand
else
    skip "fates of jobs" "no corpus"
fi
lost=$(jq -r '.fates.lost[0].jid' "$truth")
ends 0 aoflog --jid "$lost" "$log" && silent && grep -q '(142) flushall  lost from schedule' "$out" && grep -q "$lost: lost: " "$out"
result $? "a lost job is told with the command that lost it"
ends 1 aoflog --jid nix "$log" && silent && grep -q '^no such job is in .*, which tells of ' "$out"
result $? "a job that is not there is exit 1"

# ---- times and lists ------------------------------------------------------------------------------------------------

ends 0 aoflog --quietest 2s "$log" && silent && last | grep -q '^quietest 2 s: from 2026-11-23 07:57:14 UTC, with 0 writes; the usual one has 41$'
result $? "the quietest span"
ends 0 aoflog --quietest 2s --json "$log" && holds '.[0] | .span == 2 and .quietest[0].writes == 0 and (.quietest | length) == 3 and
    .busiest.writes > .usual and .hours == null'
result $? "the same in JSON"
refuses "a span longer than the log" "a window of 7200 s was asked for, and the log covers 11 s" aoflog --quietest 2h "$log"
grep -av '^#TS' "$part" >"$room/plain.aof"
refuses "quiet times without annotations" "quiet times need annotations" aoflog --quietest 2s "$room/plain.aof"
ends 0 aoflog "$room/plain.aof" && grep -q '^no times: the log has no annotations' "$out"
result $? "a summary without annotations counts by offset, and says so"
if [ -n "$corpus" ]; then
    cp -r "$corpus/aof/redis-7.4.1-multi-ts/appendonlydir" "$room/ts" && chmod -R u+w "$room/ts" && gunzip -q "$room"/ts/*.gz
    ends 0 aoflog --json "$room/ts" && holds ".[0].all.commands == $(jq .commands_total "$corpus/aof/redis-7.4.1-multi-ts/meta.json")"
    result $? "as many commands as the server wrote"
    ends 0 aoflog --quietest 1s --json "$room/ts" && holds '.[0].quietest[0].writes <= .[0].usual and .[0].usual <= .[0].busiest.writes'
    result $? "quiet times of a set of files"
else
    skip "as many commands as the server wrote" "no corpus"
    skip "quiet times of a set of files" "no corpus"
fi
for hour in {0..71}; do # three days, with as many writes in an hour as its number
    printf '#TS:%d\r\n' $((1700006400 + hour * 3600))
    for _ in $(seq 0 $((hour % 24))); do printf '*2\r\n$4\r\nincr\r\n$1\r\nk\r\n'; done
done >"$room/days.aof"
printf '#TS:%d\r\n*2\r\n$4\r\nincr\r\n$1\r\nk\r\n' $((1700006400 + 72 * 3600 - 1)) >>"$room/days.aof"
ends 0 aoflog --quietest 1h --json "$room/days.aof" && holds '.[0].hours | length == 24 and .[0] == 1 and .[5] == 6 and .[22] == 23' &&
    ends 0 aoflog --quietest 1h "$room/days.aof" && grep -Eq '^  05:00 +6 #+$' "$out"
result $? "the hours of the day, of a log of several days"
ends 0 aoflog --list "$log" && silent && [ "$(wc -l <"$out")" -eq 295 ] &&
    [ "$(grep -c '^appendonly.aof.2.incr.aof:15027 2026-11-23T07:57:16Z 0 FLUSHALL$' "$out")" -eq 1 ]
result $? "a line for each command"
ends 0 aoflog --list --since before:FLUSHALL --limit 2 "$log" && [ "$(wc -l <"$out")" -eq 2 ] && head -n 1 "$out" | grep -q 'FLUSHALL$'
result $? "from a command on"
ends 0 aoflog --list --until before:FLUSHALL "$log" && [ "$(wc -l <"$out")" -eq 168 ] && ! grep -q FLUSHALL "$out"
result $? "up to a command"
ends 0 aoflog --list --full "$part" && grep -q '^15090 2026-11-23T07:57:16Z 0 lpush queue:search_index {"' "$out" &&
    ends 0 aoflog --list "$part" && grep -q '^15090 2026-11-23T07:57:16Z 0 lpush queue:search_index <MailerJob [0-9a-f]*>$' "$out"
result $? "payloads are shown with --full alone"
ends 0 aoflog --list --ndjson -c flushall "$log" && holds '.[0].spot == {base: false, file: "appendonly.aof.2.incr.aof", offset: 15027,
    number: 142, time: 1795420636, name: "flushall"}'
result $? "a list in JSON"

# ---- logs of every kind ---------------------------------------------------------------------------------------------

gzip -c "$part" >"$room/log.aof.gz" && zstd -q -c "$part" >"$room/log.aof.zst"
aoflog --list --full "$part" >"$room/wanted"
for source in "$room/log.aof.gz" "$room/log.aof.zst"; do
    ends 0 aoflog --list --full "$source" && cmp -s "$out" "$room/wanted"
    result $? "packed: ${source##*.}"
done
for question in --list "--key queue:*" --destructive "--last-writer retry" "--jid $lost"; do
    # shellcheck disable=SC2086
    aoflog $question --json "$part" | jq -c '.events, .writer' >"$room/wanted"
    # shellcheck disable=SC2086
    aoflog $question --json - <"$part" 2>"$err" | jq -c '(.events, .writer) | walk(if type == "object" then del(.file) else . end)' >"$out"
    jq -c 'walk(if type == "object" then del(.file) else . end)' "$room/wanted" | cmp -s - "$out"
    result $? "standard input: ${question%% *}"
done
ends 0 aoflog "$log/appendonly.aof.manifest" && last | grep -q '^READ: 295 commands'
result $? "a manifest"
ends 0 aoflog testdata/sidekiq/flushall/old.rdb && grep -q 'a snapshot alone has no history' "$out"
result $? "a snapshot"

# ---- damage ---------------------------------------------------------------------------------------------------------

head -c 20000 "$part" >"$room/torn.aof"
ends 0 aoflog "$room/torn.aof" && grep -q '^torn: torn.aof ends in the middle of a command' "$out" &&
    ends 1 aoflog -d "$room/torn.aof" && grep -q '^torn: ' "$out"
result $? "a torn end is told"
{ head -c 26885 "$part"; printf '\0\377garbage'; tail -c +26895 "$part"; } >"$room/broken.aof"
ends 2 aoflog "$room/broken.aof" && silent && grep -q '^damage: broken.aof, bytes ' "$out" && last | grep -q '^DAMAGED: 26[0-9] commands'
result $? "a summary goes on behind damage"
ends 2 aoflog -d "$room/broken.aof" && says 'command [0-9]+, byte 2' && grep -q '^FLUSHED' "$out" && last | grep -q '^CANNOT TELL'
result $? "what stands before damage is told, then the damage"
ends 2 aoflog -d --json "$room/broken.aof" && holds '.[0] | .events[0].kind == "flushed" and .exit == 2 and .error.code == "damaged"'
result $? "in JSON, too"
ends 2 aoflog --json "$room/none.aof" && says 'No such file' && holds '.[0] | .exit == 2 and .error.code == "io" and .question == "summary"'
result $? "a file that is not there"
printf '*2\r\n$4\r\nNOPE\r\n$7\r\nqueue:a\r\n' >"$room/opaque.aof"
ends 2 aoflog -d "$room/opaque.aof" && grep -q "^uncertain: 1 command could not be replayed; first: command 'NOPE' is not known" "$out"
result $? "where a command could not be replayed, it cannot tell"

# ---- the command line -----------------------------------------------------------------------------------------------

refuses "two questions" "'--destructive' and '--key' exclude each other" aoflog -d -k a "$log"
refuses "--least without --destructive" "'--least' goes with '--destructive'" aoflog --least 3 "$log"
refuses "two forms of JSON" "exclude each other" aoflog --json --ndjson "$log"
refuses "two moments" "has a moment, and so has option '--until'" aoflog --until before:DEL "$log@before:FLUSHALL"
refuses "no moment" "is no moment" aoflog --since yesterday "$log"
for form in "" --json --ndjson; do
    for question in "" --destructive --list "--key queue:*"; do
        # shellcheck disable=SC2086
        aoflog $question $form "$log" >/dev/full 2>"$err"
        [ $? -eq 2 ] && says "cannot write standard output: No space left on device"
        result $? "a full disk is exit 2 ($question $form)"
    done
done
aoflog --list --full "$log" 2>"$err" | head -n 1 >"$out"
[ "${PIPESTATUS[0]}" -eq 0 ] && silent && [ -s "$out" ]
result $? "a pipe that is closed ends it quietly"
ends 1 aoflog -d --color always "$log" && grep -q "$(printf '\033')" "$out" && ends 1 aoflog -d "$log" && ! grep -q "$(printf '\033')" "$out"
result $? "colour when it is asked for"

# ---- manual ---------------------------------------------------------------------------------------------------------

examples
manual

echo "1..$number"
