#!/bin/bash
# rdbcheck as a user and a pipeline see it: exit status, streams, inputs of every kind, totals against what the servers
# answered, who can load it, machine output, manual. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcheck
. tests/e2e/tap.sh
hostile=$bin # what is meant to break it is given to the build with sanitizers, where there is one
[ -x build/asan/bin/rdbcheck ] && hostile=$PWD/build/asan/bin
sound=testdata/sidekiq/lost_tail/old.rdb
other=testdata/sidekiq/in_progress/new.rdb
corpus=${RDBKIT_CORPUS:-}

# ---- exit status ----------------------------------------------------------------------------------------------------

ends 0 rdbcheck "$sound" && silent && tail -n 1 "$out" | grep -q '^WHOLE: 21 keys checked - exit 0$'
result $? "a sound file is exit 0, and the last line says so"
{ head -c 20000 "$sound"; printf '\377'; tail -c +20002 "$sound"; } >"$room/flipped.rdb"
ends 1 rdbcheck "$room/flipped.rdb" && silent && tail -n 1 "$out" | grep -Eq '^DAMAGED: [0-9]+ problems?, .* - exit 1$' &&
    grep -q '^damage: ' "$out" && grep -q '^loads it: no server' "$out"
result $? "a damaged file is exit 1, and a sentence says where"
head -c 30000 "$sound" >"$room/cut.rdb"
ends 1 rdbcheck "$room/cut.rdb" && tail -n 1 "$out" | grep -q '^DAMAGED: '
result $? "a truncated file is exit 1"
ends 0 rdbcheck -q "$sound" && silent && [ ! -s "$out" ] && ends 1 rdbcheck -q "$room/cut.rdb" && silent && [ ! -s "$out" ]
result $? "-q says nothing but the exit status"
ends 1 rdbcheck --for redis:6.2 "$sound" && grep -q '^Redis 6.2 cannot load it:$' "$out" &&
    tail -n 1 "$out" | grep -q '^WHOLE: 21 keys checked, but not for 1 of 1 targets - exit 1$'
result $? "a target that cannot load it is exit 1"
ends 0 rdbcheck --for redis:7 --for valkey:8 --for sidekiq:7 "$sound" && grep -q '^Redis 7.0 loads it$' "$out" &&
    grep -q '^Valkey 8.0 loads it$' "$out" && grep -q '^Sidekiq 7.0 takes it:$' "$out"
result $? "targets that load it are exit 0"

# ---- mistakes at the command line ------------------------------------------------------------------------------------

refuses "no operand" "operand FILE... is missing; try" rdbcheck
refuses "an unknown server" "'oracle:9' names no server" rdbcheck --for oracle:9 "$sound"
refuses "an unknown version" "'redis:12' is newer than Redis" rdbcheck --for redis:12 "$sound"
refuses "too many of the biggest keys" "'--top' takes at most" rdbcheck --top 1000000 "$sound"
refuses "--map of two files" "'--map' takes one FILE, not 2" rdbcheck --map "$room/map" "$sound" "$other"
refuses "--json and --ndjson exclude each other" "exclude each other" rdbcheck --json --ndjson "$sound"

# ---- inputs ------------------------------------------------------------------------------------------------------------

PATH=$hostile:$PATH
: >"$room/empty.rdb"
yes garbage | head -c 4096 >"$room/garbage.rdb"
mkdir "$room/none" "$room/folder"
echo text >"$room/none/readme"
cp "$sound" "$room/folder/a.rdb"
gzip -c "$other" >"$room/folder/b"
ends 2 rdbcheck "$room/missing" && says "cannot read $room/missing: cannot open: No such file"
result $? "a missing file is named, exit 2"
ends 2 rdbcheck "$room/empty.rdb" && says "cannot read $room/empty.rdb: "
result $? "an empty file"
ends 2 rdbcheck "$room/garbage.rdb" && says "cannot read $room/garbage.rdb: not a Redis snapshot"
result $? "garbage"
refuses "a directory without a snapshot" "cannot read $room/none: .*without a snapshot" rdbcheck "$room/none"
ends 2 rdbcheck "$sound" "$room/missing" "$other" && [ "$(grep -c '^WHOLE: ' "$out")" -eq 2 ] &&
    [ "$(tail -n 1 "$out")" = "WHOLE: 21 keys checked - exit 0" ] && says "cannot read $room/missing: "
result $? "several files: each is reported, trouble wins"
ends 1 rdbcheck "$room/cut.rdb" "$sound" && grep -q '^DAMAGED: ' "$out" && grep -q '^WHOLE: ' "$out"
result $? "several files: damage in one is exit 1"
ends 0 rdbcheck "$room/folder" && [ "$(grep -c '^WHOLE: ' "$out")" -eq 2 ] && grep -q 'of gzip (32.0 KiB unpacked)' "$out"
result $? "a directory is the snapshots in it"
ends 0 rdbcheck "$sound,$other" && [ "$(grep -c '^WHOLE: ' "$out")" -eq 2 ]
result $? "names with commas"
rdbcheck - <"$sound" >"$out" 2>"$err"
[ $? -eq 0 ] && silent && grep -q '^WHOLE: 21 keys' "$out"
result $? "a file as standard input"
# shellcheck disable=SC2002
zstd -q -c "$sound" | cat | rdbcheck - >"$out" 2>"$err"
[ $? -eq 0 ] && silent && grep -q '^WHOLE: 21 keys' "$out"
result $? "a packed pipe as standard input"

# ---- output ----------------------------------------------------------------------------------------------------------------

for view in --color=never --json --ndjson --help --man; do
    rdbcheck $view "$sound" >/dev/full 2>"$err"
    [ $? -eq 2 ] && says "cannot write standard output: No space left on device"
    result $? "a full disk is exit 2 ($view)"
done
for view in --color=never --json --ndjson; do
    rdbcheck $view "$sound" "$other" 2>"$err" | head -n 1 >"$out"
    [ "${PIPESTATUS[0]}" -le 1 ] && silent && [ -s "$out" ]
    result $? "a pipe that is closed ends it quietly ($view)"
done
ends 0 rdbcheck "$sound" && ! grep -q $'\033' "$out" && ends 0 rdbcheck --color always "$sound" && grep -q $'\033' "$out"
result $? "colour on a terminal or when asked for"
ends 0 rdbcheck --top 2 "$sound" && [ "$(sed -n '/BIGGEST KEYS/,/^$/p' "$out" | wc -l)" -eq 4 ] && ends 0 rdbcheck --top 0 "$sound" &&
    ! grep -q BIGGEST "$out"
result $? "--top says how many of the biggest keys"
ends 0 rdbcheck "$sound" && ! grep -q 'AUX FIELD' "$out" && ends 0 rdbcheck -v "$sound" && grep -q '^  redis-ver .*7.0.15' "$out" &&
    grep -q '^opcodes: 250: ' "$out"
result $? "-v shows AUX fields and opcodes"
ends 0 rdbcheck --limit 2 "$sound" && grep -q '^  \.\.\. and [0-9]* more places (--limit all)' "$out" && ends 0 rdbcheck --limit all "$sound" &&
    [ "$(grep -c '^  queue:' "$out")" -eq 12 ]
result $? "--limit says how many places"
LC_ALL=C ends 0 rdbcheck --limit all testdata/sidekiq/workers_running/old.rdb && grep -q 'queue:Übersetzung  ' "$out"
result $? "names are UTF-8 in every locale"

# ---- the damage map ----------------------------------------------------------------------------------------------------------

ends 0 rdbcheck -q --map "$room/map.json" "$sound" && jq -e '.schema == "rdbkit.map/1" and (.spans | length == 1) and
    .spans[0].kind == "sound" and .spans[0].keys == 21 and .damaged_keys == []' "$room/map.json" >/dev/null
result $? "the map of a sound file is one span"
refuses "the map replaces no file" "map.json.*(exists|is there)" rdbcheck -q --map "$room/map.json" "$sound"
ends 0 rdbcheck -q --force --map "$room/map.json" "$sound"
result $? "but with --force"
cp "$sound" "$room/input.rdb"
ends 2 rdbcheck -q --force --map "$room/input.rdb" "$room/input.rdb" && cmp -s "$sound" "$room/input.rdb"
result $? "and never the input"
ends 1 rdbcheck -q --map "$room/cut.json" "$room/cut.rdb" && jq -e '[.spans[].from] == ([.spans[].from] | sort) and
    ([.spans[] | .to > .from] | all) and ([.spans[].kind] | index("sound") != null) and .spans[0].from == 9' "$room/cut.json" >/dev/null
result $? "the map of a damaged file has its spans in order"

# ---- salvage ---------------------------------------------------------------------------------------------------------------------

for file in "$room/cut.rdb" "$room/flipped.rdb"; do
    ends 1 rdbcheck --salvage "$room/saved.rdb" --force "$file" && silent && grep -q "^salvaged: [0-9,]* keys in $room/saved.rdb" "$out" &&
        ends 0 rdbcheck "$room/saved.rdb" && rdbdiff -q --fail-on duplicated,resurrected,order "$sound" "$room/saved.rdb"
    result $? "what is salvaged is whole, and in order ($(basename "$file"))"
done
ends 0 rdbcheck -q --salvage "$room/again.rdb" "$sound" && ends 0 rdbdiff -q --strict "$sound" "$room/again.rdb"
result $? "all of a sound file is salvaged"
refuses "a salvage replaces no file" "again.rdb.*(exists|is there)" rdbcheck -q --salvage "$room/again.rdb" "$sound"
ends 2 rdbcheck -q --force --salvage "$room/input.rdb" "$room/input.rdb" && cmp -s "$sound" "$room/input.rdb"
result $? "and never its input"
refuses "--salvage of two files" "'--salvage' takes one FILE, not 2" rdbcheck --salvage "$room/s" "$sound" "$other"
ends 1 rdbcheck --json --salvage "$room/saved.rdb" --force "$room/cut.rdb" && jq -e '.files[0].salvage | (.keys, .whole, .partial, .pieces,
    .lost, .left_out, .suspects, .bytes_lost, .bytes_written | type == "number") and .whole > 0 and (.path | endswith("saved.rdb"))' "$out" >/dev/null
result $? "--json tells what was salvaged"
ends 2 rdbcheck --salvage "$room/missing/saved.rdb" "$room/cut.rdb" && grep -q '^DAMAGED: ' "$out" && says "saved.rdb"
result $? "a salvage that cannot be written is exit 2, and the report is there"

# ---- lost headers ------------------------------------------------------------------------------------------------------------

# Salvages $1, and compares with the sound $2.
saves_all() {
    rm -f "$room/found.rdb"
    ends 1 rdbcheck --salvage "$room/found.rdb" "$1" && silent && grep -q '^damage: .*(header' "$out" && grep -q '^notice: it is read as ' "$out" &&
        ends 0 rdbcheck -q "$room/found.rdb" && ends 0 rdbdiff -q --strict "$2" "$room/found.rdb"
}
{ printf 'redis0010'; tail -c +10 "$sound"; } >"$room/lower.rdb"
{ head -c 512 /dev/zero; tail -c +513 "$sound"; } >"$room/block.rdb"
ends 2 rdbcheck "$room/lower.rdb" && says "not a Redis snapshot: it begins with 'redis0010'" &&
    grep -q 'hint: .*rdbcheck --salvage OUT FILE' "$err"
result $? "a header that cannot be read is refused, with a hint"
saves_all "$room/lower.rdb" "$sound"
result $? "and with --salvage all behind it is saved"
ends 1 rdbcheck --assume REDIS0010 "$room/lower.rdb" && grep -q '^DAMAGED: ' "$out" && grep -q '^notice: it is read as the caller says' "$out"
result $? "--assume says which header it had"
ends 1 rdbcheck --salvage "$room/block-saved.rdb" --map "$room/block.json" "$room/block.rdb" && ends 0 rdbcheck -q "$room/block-saved.rdb" &&
    jq -e '.spans[0] | .kind == "lost" and .from == 0 and .to >= 512' "$room/block.json" >/dev/null
result $? "a first block that was overwritten is lost, what stands behind it is saved"
gzip -c "$room/lower.rdb" >"$room/lower.rdb.gz"
saves_all "$room/lower.rdb.gz" "$sound"
result $? "the same in a packed file"
refuses "--assume takes a header" "option '--assume'" rdbcheck --assume REDIS "$sound"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\10\6\0\0\0' >"$room/picture"
for file in picture empty.rdb garbage.rdb; do
    rm -f "$room/none.rdb"
    ends 2 rdbcheck --salvage "$room/none.rdb" "$room/$file" && says "cannot read $room/$file: " && [ ! -e "$room/none.rdb" ]
    result $? "no snapshot is refused, and nothing is written ($file)"
done

# ---- machine output ------------------------------------------------------------------------------------------------------------

shape='.schema == "rdbkit.check/1" and .tool == "rdbcheck" and (.version | type) == "string" and (.exit | type) == "number" and
    (.files | all(has("path") and has("status") and has("exit") and has("error") and (.status == "refused" or
        ((.dbs, .encodings, .biggest, .aux, .libraries, .problems, .targets, .modules | type == "array") and
        (.keys, .expiries, .field_ttls, .longest_string, .rdb_version | type == "number") and
        (.opcodes, .traits, .problem_counts, .oldest | type == "object") and has("sidekiq") and has("salvage") and
        ([.dbs[].types[].keys] | add // 0) == .keys and ([.encodings[].keys] | add // 0) == .keys and
        ([.dbs[].types[].bytes] | add // 0) == ([.encodings[].bytes] | add // 0)))))'
for file in "$sound" "$other" testdata/*.rdb; do
    ends 0 rdbcheck --json "$file" && silent && jq -e "$shape" "$out" >/dev/null
    result $? "--json has the shape of the schema ($(basename "$file"))"
    cp "$out" "$room/object"
    ends 0 rdbcheck --ndjson "$file" && jq -es --slurpfile object "$room/object" '.[-1].type == "file" and
        ([.[] | select(.type == "problem") | del(.type, .file)] == $object[0].files[0].problems) and
        ((.[-1] | del(.type, .file, .schema, .tool, .version)) == ($object[0].files[0] | del(.problems)))' "$out" >/dev/null
    result $? "--ndjson tells the same ($(basename "$file"))"
done
ends 2 rdbcheck --json --for redis:6.2 "$sound" "$room/cut.rdb" "$room/missing" && jq -e "$shape"' and .exit == 2 and
    ([.files[].status] == ["whole", "damaged", "refused"]) and ([.files[].exit] == [1, 1, 2]) and
    (.files[0].targets[0] | .target == "Redis 6.2" and .loads == false and (.obstacles[0] | .id == "version" and .blocks)) and
    (.files[1].problems | length > 0 and all(has("kind") and has("step") and has("offset") and has("what") and has("key"))) and
    (.files[2].error.what | type) == "string"' "$out" >/dev/null
result $? "one object for all files"
ends 1 rdbcheck --ndjson --for redis:6.2 "$sound" && jq -es '[.[] | select(.type == "obstacle")] | length > 0 and
    all(.target == "Redis 6.2" and .file != null and has("example"))' "$out" >/dev/null
result $? "obstacles are lines of their own"
strange=$room/$'a\377"\n.rdb'
cp "$sound" "$strange"
ends 0 rdbcheck --json "$strange" && jq -e '.files[0].path.b64 | @base64d | endswith(".rdb")' "$out" >/dev/null
result $? "a name that is no UTF-8 is base64"

# ---- the corpus --------------------------------------------------------------------------------------------------------------------

unpacked() { case $1 in *.gz) zcat "$1" ;; *) cat "$1" ;; esac; }

# Keys and expiries by database and type, as the server that wrote the file answered and as rdbcheck counts them.
totals_agree() { # FILE TRUTH
    unpacked "$2" | jq -c '[.db, .type, .expire_ms != null]' | sort | uniq -c |
        awk '{ gsub(/[][]/, "", $2); split($2, f, ","); k[f[1] "," f[2]] += $1; if (f[3] == "true") e[f[1] "," f[2]] += $1 }
             END { for (i in k) print i "," k[i] "," e[i] + 0 }' | sort >"$room/truth"
    rdbcheck --json "$1" | jq -r '.files[0].dbs[] | .db as $db | .types[] | "\($db),\"\(.type)\",\(.keys),\(.expiries)"' | sort |
        diff "$room/truth" - >"$out"
}

if [ -z "$corpus" ] || [ ! -d "$corpus/rdb" ]; then
    skip "the corpus" "it is not here"
else
    PATH=$bin:$PATH
    for file in "$corpus"/rdb/*.rdb "$corpus"/rdb/*.rdb.gz; do
        name=$(basename "${file%.gz}" .rdb)
        truth=$corpus/rdb/$name.truth.ndjson
        [ -e "$truth" ] || truth=$truth.gz
        case $name in *slotimport* | *bulk*) truth= ;; esac # keys on their way; the big ones take too long
        ends 0 rdbcheck -q "$file" && { [ -z "$truth" ] || totals_agree "$file" "$truth"; }
        result $? "sound, with the totals that the server told: $name"
    done
    PATH=$hostile:$PATH
    while IFS=$'\t' read -r file expect; do
        timeout 60 rdbcheck -q "$corpus/damaged/rdb/$file" >"$out" 2>"$err"
        status=$?
        [ "$status" -le 2 ] && { [ "$status" -ge 1 ] || ! grep -Eq '^(checksum error|error$|error, )' <<<"$expect"; } ||
            echo "$file: $expect, exit $status"
    done < <(jq -r '.[] | [.file, .expect] | @tsv' "$corpus/damaged/rdb/index.json") >"$room/wrong"
    cp "$room/wrong" "$out"
    [ ! -s "$room/wrong" ]
    result $? "damaged files: what no server loads is never exit 0"
fi

if [ -n "$corpus" ] && [ -d "$corpus/damaged/rdb" ]; then
    for file in "$corpus"/damaged/rdb/*-magic-{lower,png,typo}.rdb "$corpus"/damaged/rdb/*-version-{0000,00a1,9999,blank,minus001}.rdb; do
        base=$(basename "$file")
        saves_all "$file" "$corpus/damaged/rdb/${base%-*-*}-base.rdb"
        result $? "all behind a damaged header is saved: $base"
    done
    for file in "$corpus"/damaged/rdb/*-craft-select-big.rdb; do
        base=$(basename "$file" -craft-select-big.rdb)-base.rdb
        ends 1 rdbcheck -q --force --salvage "$room/found.rdb" "$file" && ends 0 rdbcheck -q "$room/found.rdb" &&
            ends 1 rdbdiff -q --strict "$corpus/damaged/rdb/$base" "$room/found.rdb" # one key stands behind it
        result $? "a database that no server has is left out: $(basename "$file")"
    done
else
    skip "damaged headers" "the corpus is not here"
fi

# ---- manual ------------------------------------------------------------------------------------------------------------------------

examples
manual
missing=
for word in $(sed -n 's/.*\[RK_\(TRAIT\|FORM\)_[A-Z0-9_]*\] = "\([a-z_]*\)".*/\2/p' librdb/check/facts.c librdb/check/facts_jobs.c); do
    sed 's/\\//g' "$room/page" | grep -q "$word" || missing="$missing $word"
done
[ -z "$missing" ]
result $? "the manual page knows every trait and form${missing:+, but not$missing}"

echo "1..$number"
