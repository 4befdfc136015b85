#!/bin/bash
# rdbcheck on append-only files and sets of them: exit status, every damaged one of the corpus as the servers saw it, what a
# salvage keeps (to the byte, and loaded by a real server), who can load it, explained bytes, machine output. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcheck
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}
set=testdata/aof/torn_push/appendonlydir
incr=$set/appendonly.aof.2.incr.aof
. tests/e2e/server.sh

# ---- the report -----------------------------------------------------------------------------------------------------

ends 1 rdbcheck "$set" && silent && tail -n 1 "$out" | grep -q '^DAMAGED: 2 problems, 9 commands read - exit 1$'
result $? "damage is exit 1, and the last line says so"
tr -s '\n ' ' ' <"$out" >"$room/flat"
grep -q "damage: '.x1a' in the length of argument 3 of 3 (appendonly.aof.2.incr.aof, command 6 'lpush'; framing, byte 340); 195 bytes passed over from byte 302; goes on at byte 513 with 'lpush' in db 0" "$room/flat"
result $? "a broken command is told with file, byte, number, name and what follows"
grep -q "torn: the last command, at byte 983, lpush 'queue:default': 5 of 6 arguments are whole, 3 of them jobs" "$room/flat"
result $? "jobs in a torn command are told"
grep -q 'complete: appendonly.aof.2.incr.aof up to byte 302 of 1567, 2 commands lost (779 bytes), open MULTI: no' "$room/flat"
result $? "how far it is complete is told"
ends 1 rdbcheck "$set/appendonly.aof.manifest" && tail -n 1 "$out" | grep -q '^DAMAGED: 2 problems'
result $? "a manifest is the set"
ends 1 rdbcheck "$incr" && tail -n 1 "$out" | grep -q '^DAMAGED: 2 problems, 9 commands' && ends 0 rdbcheck "$set/appendonly.aof.2.base.rdb" &&
    tail -n 1 "$out" | grep -q '^WHOLE: 2 keys'
result $? "so is each of its files"
gzip -c "$incr" >"$room/packed.gz"
rdbcheck - <"$incr" >"$out" 2>"$err"
[ $? -eq 1 ] && silent && grep -q '^DAMAGED: 2 problems, 9 commands' "$out" && ends 1 rdbcheck "$room/packed.gz" &&
    grep -q '^DAMAGED: 2 problems, 9 commands' "$out"
result $? "standard input and packed files, too"
head -c 302 "$incr" >"$room/whole.aof"
ends 0 rdbcheck --top 1 "$room/whole.aof" && grep -q '^WHOLE: 5 commands checked - exit 0$' "$out" && grep -q '^loads it: Redis 7.0 is the oldest' "$out"
result $? "a sound file is exit 0"
ends 0 rdbcheck -q "$room/whole.aof" && [ ! -s "$out" ] && ends 1 rdbcheck -q "$incr" && [ ! -s "$out" ]
result $? "-q says nothing but the exit status"
head -c 330 "$incr" >"$room/torn.aof"
ends 1 rdbcheck "$room/torn.aof" && tr -s '\n ' ' ' <"$out" | grep -q 'with `aof-load-truncated yes` a server cuts it off at byte 302, 28 bytes, and loads the rest; with `no` it does not start'
result $? "a torn end is exit 1, and what a server does is told"

# ---- machine output -------------------------------------------------------------------------------------------------

ends 1 rdbcheck --json --for redis:6.2 "$set" && jq -e '.schema == "rdbkit.check/1" and .exit == 1 and (.files | length == 1) and (.files[0] |
    .format == "aof" and .directory and .status == "damaged" and .commands == 9 and .lost_commands == 2 and (.parts | length == 2) and
    (.parts[0] | .standing == "loaded" and .role == "base" and .head.keys == 2) and
    (.parts[1] | .role == "increment" and .seq == 2 and .line == 2 and .by_name.lpush == 2 and .complete_to == 302 and .times.annotations == 2) and
    .torn_command.jobs == 3 and .load.load_truncated_yes == "refused" and .targets[0].loads == false and
    ([.targets[0].obstacles[].id] | contains(["damage", "multi_part", "annotations", "version"])) and .salvage == null and .error == null)' "$out" >/dev/null
result $? "--json tells all of it"
cp "$out" "$room/object"
ends 1 rdbcheck --ndjson --for redis:6.2 "$set" && jq -es --slurpfile object "$room/object" '.[-1].type == "file" and
    ([.[] | select(.type == "problem") | del(.type, .file)] == ($object[0].files[0].problems | map(del(.type)))) and
    ([.[] | select(.type == "obstacle") | del(.type, .file, .target)] == $object[0].files[0].targets[0].obstacles)' "$out" >/dev/null
result $? "--ndjson tells the same"
ends 1 rdbcheck -q --map "$room/map.json" "$set" && jq -e '.schema == "rdbkit.map/1" and (.parts | length == 2) and
    .parts[0].head.spans[0].kind == "sound" and ([.parts[1].spans[] | [.kind, .from, .to]] ==
    [["sound", 0, 302], ["lost", 302, 497], ["sound", 497, 983], ["lost", 983, 1567]])' "$room/map.json" >/dev/null
result $? "--map has the spans of each file"
refuses "the map replaces no file" "map.json.*exists" rdbcheck -q --map "$room/map.json" "$set"
cp -r "$set" "$room/own" && chmod -R u+w "$room/own"
ends 2 rdbcheck -q --force --map "$room/own/appendonly.aof.2.incr.aof" "$room/own" && cmp -s "$incr" "$room/own/appendonly.aof.2.incr.aof"
result $? "and never a file of the input"

# ---- who loads it ---------------------------------------------------------------------------------------------------

# resp WORD...: one command
resp() { printf '*%d\r\n' $#; for word; do printf '$%d\r\n%s\r\n' ${#word} "$word"; done; }
{ resp SELECT 0; resp SET k v PXAT 1900000000000; resp LPUSH l a b; } >"$room/pxat.aof"
{ resp SELECT 20; resp HPEXPIREAT h 1900000000000 FIELDS 1 f; resp JSON.SET j . 1; resp EVAL 'return 1' 0; } >"$room/new.aof"
ends 1 rdbcheck --for redis:6.0 "$room/pxat.aof" && tr -s '\n ' ' ' <"$out" | grep -q '1 SET with PXAT: Redis 6.0 fails there without a word, and lacks what it wrote (byte 23)' &&
    ends 0 rdbcheck --for redis:6.2 --for valkey:8 "$room/pxat.aof"
result $? "a form that a server does not know blocks"
ends 1 rdbcheck --for redis:7.2 "$room/new.aof" && tr -s '\n ' ' ' <"$out" >"$room/flat" &&
    grep -q '1 HPEXPIREAT: Redis 7.2 does not know it, and stops there (byte 24)' "$room/flat" &&
    grep -q 'needs `databases 21` at least' "$room/flat" && grep -q 'stops there without that module' "$room/flat" &&
    ends 0 rdbcheck --for redis:7.4 --for valkey:9 "$room/new.aof"
result $? "so does a command; modules and databases are needs"
ends 0 rdbcheck "$room/new.aof" && grep -q '^notice: 1 eval: what it does cannot be seen in the file' "$out" && grep -q '^loads it: Redis 7.4 is the oldest, Valkey 9.0$' "$out"
result $? "opaque commands are told, and the oldest server that knows all"
ends 2 rdbcheck --for sidekiq:8 "$room/pxat.aof" && grep -q '^Sidekiq 8.0 cannot be asked:$' "$out"
result $? "what a Sidekiq takes cannot be told"
{ resp SELECT 0; resp SET k; resp NOCMD 1; resp MULTI; resp SET k 2; resp EXEC; resp EXEC; resp SET k 3; } >"$room/odd.aof"
ends 1 rdbcheck --json "$room/odd.aof" && jq -e '[.files[0].problems[] | [.step, .number, .command]] ==
    [["arity", 2, "SET"], ["command", 3, "NOCMD"], ["transaction", 7, "EXEC"]] or
    ([.files[0].problems[].step] == ["arity", "command", "transaction"])' "$out" >/dev/null
result $? "too few arguments, unknown commands, an EXEC alone"

# ---- explained bytes ------------------------------------------------------------------------------------------------

ends 1 rdbcheck --explain 340 "$incr" && grep -q "command 6: lpush, 3 arguments, in no transaction, behind #TS:" "$out" &&
    grep -q "! '.x1a' in the length of argument 3 of 3" "$out" && grep -q '\[1a\]' "$out"
result $? "--explain shows the command around a byte, and where it breaks"
ends 0 rdbcheck --explain 20 --context 20 "$incr" && grep -q 'annotation: #TS:' "$out" && grep -q "argument 1 of 2: 'SELECT', then CR LF" "$out"
result $? "and annotations"
ends 0 rdbcheck --json --explain 60 "$incr" && jq -e '.schema == "rdbkit.explain/1" and .record.kind == "command" and
    ([.items[] | select(.holds and (.has_parts | not))] | length == 1)' "$out" >/dev/null
result $? "--json tells the same to a program"
refuses "--explain takes a file" "'--explain' takes one file of a set, such as an .incr.aof, not" rdbcheck --explain 4 "$set"

# ---- salvage --------------------------------------------------------------------------------------------------------

ends 1 rdbcheck --salvage "$room/saved" "$set" && silent && grep -q "^salvaged: 9 commands in 2 files in $room/saved; 2 commands left out (779 bytes)$" "$out" &&
    ends 0 rdbcheck "$room/saved" && tail -n 1 "$out" | grep -q '^WHOLE: 9 commands'
result $? "a set is salvaged, and whole"
{ head -c 302 "$incr"; tail -c +498 "$incr" | head -c $((983 - 497)); } | cmp -s - "$room/saved/appendonly.aof.2.incr.aof" &&
    cmp -s "$set/appendonly.aof.2.base.rdb" "$room/saved/appendonly.aof.2.base.rdb" && cmp -s "$set/appendonly.aof.manifest" "$room/saved/appendonly.aof.manifest"
result $? "all but the broken commands is there to the byte"
refuses "a salvage replaces nothing" "saved: exists already" rdbcheck -q --salvage "$room/saved" "$set"
ends 1 rdbcheck -q --force --salvage "$room/saved" "$set" && ends 0 rdbcheck -q "$room/saved" && [ -z "$(find "$room" -name '.rdbkit*')" ]
result $? "but with --force, and leaves nothing behind"
mkdir "$room/mine" && echo precious >"$room/mine/notes"
ends 2 rdbcheck -q --force --salvage "$room/mine" "$set" && says "is not replaced: it holds 'notes'" && [ -e "$room/mine/notes" ]
result $? "never a folder with something else in it"
ends 2 rdbcheck -q --force --salvage "$room/own" "$room/own" && says "is the input itself" && cmp -s "$incr" "$room/own/appendonly.aof.2.incr.aof"
result $? "and never the input"
ends 1 rdbcheck -q --salvage "$room/one.aof" "$incr" && [ -f "$room/one.aof" ] && cmp -s "$room/one.aof" "$room/saved/appendonly.aof.2.incr.aof"
result $? "of one file a file is written"
ends 2 rdbcheck -q --salvage "$room/missing/saved" "$set" && says "cannot write in its folder"
result $? "a folder that cannot be written is exit 2"
{ resp SELECT 0; resp SET a 1; resp MULTI; resp SELECT 5; resp SET b 1; printf '*3\r\n$3\r\nSET\r\n$x\r\n'; resp SET c 1; resp EXEC; resp SET d 1; } >"$room/dbs.aof"
{ resp SELECT 0; resp SET a 1; resp SELECT 5; resp SET d 1; } >"$room/wanted.aof"
ends 1 rdbcheck -q --salvage "$room/dbs-saved.aof" "$room/dbs.aof" && cmp -s "$room/wanted.aof" "$room/dbs-saved.aof"
result $? "a broken transaction is left out, and what follows keeps its database"

# ---- the corpus -------------------------------------------------------------------------------------------------------

damaged=$corpus/damaged/aof
if [ -z "$corpus" ] || [ ! -e "$damaged/index.json" ]; then
    skip "damaged append-only files" "the corpus is not here"
    manual
    echo "1..$number"
    exit 0
fi

for folder in "$corpus"/aof/*/; do
    name=$(basename "$folder")
    mkdir -p "$room/aof/$name"
    cp -r "$folder"/append* "$room/aof/$name" && chmod -R u+w "$room/aof/$name"
    find "$room/aof/$name" -name '*.gz' -exec gunzip {} +
    path=$room/aof/$name/appendonlydir
    [ -d "$path" ] || path=$room/aof/$name/appendonly.aof
    ends 0 rdbcheck "$path" && silent && grep -q '^WHOLE: ' "$out"
    result $? "what a server wrote is whole: $name"
done

path_of() { if [ -d "$damaged/$1/appendonlydir" ]; then echo "$damaged/$1/appendonlydir"; else echo "$damaged/$1/appendonly.aof"; fi; }

# Status and what servers do, as the index has it: a sound one is exit 0, one that a server refuses or cuts is exit 1.
while IFS=$'\t' read -r dir yes no; do
    rdbcheck --json "$(path_of "$dir")" >"$out" 2>"$err"
    status=$?
    case $dir in redis-*[0-9e]-base | *-clean | *-wrong-type | *-comment | *-unknown-key | *-quoted | *-middle-incr-empty | *-stray-*) wanted=0 ;; *) wanted=1 ;; esac
    [ $status -eq $wanted ] && jq -e --argjson yes "$yes" --argjson no "$no" '.files[0] | ((.load.load_truncated_yes != "refused") == $yes) and
        ((.load.load_truncated_no != "refused") == $no) and ((.status == "damaged") == (.problem_counts.damage > 0))' "$out" >/dev/null
    result $? "told as the server does: $dir"
done < <(jq -r '.[] | [.dir, .aof_load_truncated_yes.loads, .aof_load_truncated_no.loads] | @tsv' "$damaged/index.json")

for version in redis-2.8.24 redis-6.2.16-pre redis-7.4.1-last; do
    dir=$version-wrong-type
    ends 0 rdbcheck --json --replay "$(path_of $dir)" && jq -e --argjson keys "$(jq "map(select(.dir == \"$dir\"))[0].aof_load_truncated_yes.keys" "$damaged/index.json")" \
        '.files[0] | .replay.failed == 1 and .replay.keys == $keys and ([.problems[] | select(.step == "replay").what | contains("is a string")] == [true])' "$out" >/dev/null
    result $? "--replay tells which command fails, and how many keys there are: $dir"
done
rdbcheck --json --replay - <"$(path_of redis-2.8.24-wrong-type)" >"$out" 2>"$err"
[ $? -eq 0 ] && jq -e '.files[0].replay == null' "$out" >/dev/null && ends 1 rdbcheck --json --replay "$set" && jq -e '.files[0].replay == null' "$out" >/dev/null
result $? "what is damaged, and standard input, is not replayed"

# What is salvaged of each against the sound one that it was made from: the same bytes, but for the one stretch that was
# passed over.
same_but_one_stretch() { # SOUND SALVAGED: what was told stands in $room/told
    local cut gone
    cut=$(jq -r --arg name "$(basename "$1")" '[.files[0].problems[] | select(.part == $name) | .passed_from // empty][0] // 1e18 | floor' "$room/told")
    gone=$(($(stat -c %s "$1") - $(stat -c %s "$2")))
    [ "$cut" -le "$(stat -c %s "$2")" ] || cut=$(stat -c %s "$2") # nothing was passed over: the end was never there
    [ "$gone" -ge 0 ] && { head -c "$cut" "$1"; tail -c +$((cut + gone + 1)) "$1"; } | cmp -s - "$2"
}
mkdir "$room/salvaged"
while IFS= read -r dir; do
    path=$(path_of "$dir")
    saved=$room/salvaged/$dir
    ends "$(rdbcheck -q "$path"; echo $?)" rdbcheck -q --salvage "$saved" "$path" && ends 0 rdbcheck -q "$saved"
    result $? "salvaged, and whole: $dir"
    rdbcheck --json "$path" >"$room/told"
    sound=$(path_of "$(sed 's/^\(redis-[0-9.]*\(-pre\)\?\)-.*/\1-base/' <<<"$dir")")
    case $dir in
    *-wrong-type | *-base | *-preamble-*) continue ;; # another file, or its snapshot is another
    redis-7.4.1-*) for file in "$saved"/*.aof; do same_but_one_stretch "$sound/$(basename "$file")" "$file" || echo "$file"; done ;;
    *) same_but_one_stretch "$sound" "$saved" || echo "$saved" ;;
    esac >"$out"
    [ ! -s "$out" ]
    result $? "one stretch of whole commands is left out at most: $dir"
done < <(jq -r '.[].dir' "$damaged/index.json")

# ---- a real server ------------------------------------------------------------------------------------------------------

# load NAME FILE: the server loads the file, and saves what it has as $room/NAME.rdb
load() {
    local dir=$room/load-$1
    mkdir -p "$dir" && cp -r "$2" "$dir/$([ -d "$2" ] && echo appendonlydir || echo appendonly.aof)" && chmod -R u+w "$dir" || return 1
    server_try "$dir" --appendonly yes --aof-load-truncated no || return 1
    r save >/dev/null && mv "$dir/dump.rdb" "$room/$1.rdb"
    server_stop
    [ -e "$room/$1.rdb" ]
}
keys_of() { rdbcat --format ndjson "$1" | jq -c '[.db, .key]' | sort; }
for version in redis-2.8.24 redis-6.2.16-pre; do
    load "$version" "$damaged/$version-base/appendonly.aof" && keys_of "$room/$version.rdb" >"$room/$version.keys"
done
for saved in "$room"/salvaged/redis-{2.8.24,6.2.16-pre}-*; do
    dir=$(basename "$saved")
    case $dir in redis-2.8.24-*) version=redis-2.8.24 ;; *) version=redis-6.2.16-pre ;; esac
    load "$dir" "$saved" && keys_of "$room/$dir.rdb" >"$room/$dir.keys"
    status=$?
    lost=$(comm -23 "$room/$version.keys" "$room/$dir.keys" | wc -l)
    more=$(comm -13 "$room/$version.keys" "$room/$dir.keys" | wc -l)
    case $dir in
    redis-2.8.24-trunc-in-multi* | redis-2.8.24-trunc-before-exec) # 2.8 applies what there is of a transaction, others nothing
        [ $status -eq 0 ] && [ "$more" -eq 0 ] && ! comm -23 "$room/$version.keys" "$room/$dir.keys" | grep -Evq '"(multi:.*|after:multi)"' ;;
    *-trunc-* | *-nul-tail-mid | *-preamble-cut) # what stood behind is gone: as much as a server keeps is there
        kept=$(jq --arg dir "$dir" 'map(select(.dir == $dir))[0].aof_load_truncated_yes.keys // 0' "$damaged/index.json")
        [ $status -eq 0 ] && [ "$(wc -l <"$room/$dir.keys")" -ge "$kept" ] ;;
    *) [ $status -eq 0 ] && [ "$lost" -le 1 ] && [ "$more" -le 1 ] ;;
    esac
    result $? "a server loads it, with the keys before and behind the damage: $dir ($lost fewer, $more more)"
done
load torn_push "$room/saved" && rdbcat --format ndjson "$room/torn_push.rdb" | jq -es 'map({(.key): .}) | add |
    (."queue:mailers".value | length == 2) and (.retry.value | length == 1) and (."stat:processed".value == "1")' >"$out"
result $? "a server loads the salvaged set: $set"

manual
echo "1..$number"
