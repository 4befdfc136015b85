#!/bin/bash
# rdbcat as a user and a pipeline see it: exit status, streams, inputs of every kind, each format, filters, manual. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcat
. tests/e2e/tap.sh
hostile=$bin # what is meant to break it is given to the build with sanitizers, where there is one
[ -x build/asan/bin/rdbcat ] && hostile=$PWD/build/asan/bin
file=testdata/sidekiq/lost_tail/old.rdb
odd=$room/odd.rdb

# lines N: so many were written
lines() { [ "$(wc -l <"$out")" -eq "$1" ]; }

# snapshot RECORDS: an RDB file of these records (a format of printf), without a checksum
# shellcheck disable=SC2059
snapshot() { printf "REDIS0011$1\377\0\0\0\0\0\0\0\0"; }

# names: a newline, a quote and a comma, no UTF-8, a byte 0, nothing, a space
snapshot '\0\3a\nb\1v\0\4a",b\1v\0\3a\377b\1v\0\3a\0b\1v\0\0\1v\0\3a b\1v' >"$odd"

# ---- what it writes -------------------------------------------------------------------------------------------------

ends 0 rdbcat "$file" && silent && lines 21 &&
    jq -es 'length == 21 and all((.db | type) == "number" and (.key | type) == "string" and (.encoding | type) == "string"
        and has("expire_ms") and has("value"))' "$out" >/dev/null
result $? "NDJSON, a line for each key"
cp "$out" "$room/lines"
ends 0 rdbcat --format json "$file" && silent && jq -e --slurpfile lines "$room/lines" '. == $lines' "$out" >/dev/null
result $? "JSON, one array of the same objects"
for sample in testdata/redis-7.4.1-functions testdata/redis-4.0.14-repl; do
    # strings of the truth are bytes as code points; in these two all are ASCII but for a few, which are left out
    ends 0 rdbcat "$sample.rdb" &&
        diff <(jq -cS 'select(.key | type == "string") | del(.encoding, .idle_s, .freq)' "$out" | grep -av '[^ -~]\|b64' | sort) \
            <(jq -cS . "$sample.truth.ndjson" | grep -av '[^ -~]' | sort) >"$room/difference"
    result $? "it is what the server said that it holds ($sample)"
done
ends 0 rdbcat --format keys "$file" && silent && cmp -s "$out" <(jq -r .key "$room/lines")
result $? "names of keys"
ends 0 rdbcat --format csv "$file" && silent && lines 22 && ! grep -qv $'\r$' "$out" &&
    [ "$(tr -d '"' <"$out" | awk -F, 'NF != 12' | wc -l)" -eq 0 ]
result $? "CSV, twelve columns a row, lines that end in CR LF"
ends 0 rdbcat testdata/redis-2.8.24-empty.rdb && silent && [ ! -s "$out" ] &&
    ends 0 rdbcat --format json testdata/redis-2.8.24-empty.rdb && [ "$(cat "$out")" = '[]' ] &&
    ends 0 rdbcat --format csv testdata/redis-2.8.24-empty.rdb && lines 1
result $? "a snapshot without keys"

# ---- odd names ------------------------------------------------------------------------------------------------------

ends 0 rdbcat "$odd" && silent && lines 6 &&
    jq -es 'map(.key) == ["a\nb", "a\",b", {"b64": "Yf9i"}, "a\u0000b", "", "a b"]' "$out" >/dev/null
result $? "odd names in NDJSON"
ends 0 rdbcat --format keys "$odd" && cmp -s "$out" <(printf '%s\n' 'a\x0ab' 'a",b' 'a\xffb' 'a\x00b' '' 'a b')
result $? "odd names, a line each"
ends 0 rdbcat --format keys -0 "$odd" && cmp -s "$out" <(printf 'a\nb\0a",b\0a\377b\0a\0b\0\0a b\0')
result $? "odd names, ended by zero"
ends 0 rdbcat --format keys "$odd" && while IFS= read -r line; do printf '%b\0' "$line"; done <"$out" >"$room/back" &&
    cmp -s "$room/back" <(printf 'a\nb\0a",b\0a\377b\0a\0b\0\0a b\0')
result $? "printf %b turns a line back into the bytes"
ends 0 rdbcat --format csv "$odd" && tail -n +2 "$out" | cut -d, -f1-4 | tr -d '\r' >"$room/columns" &&
    cmp -s "$room/columns" <(printf '%s\n' '0,"a' 'b",,string,string,,,,1,7,9,3956' '0,"a"",b",' '0,,Yf9i,string' \
        '0,,YQBi,string' '0,"",,string' '0,"a b",,string' | sed '2s/.*/b",,string,string/')
result $? "odd names in CSV"

# ---- inputs ---------------------------------------------------------------------------------------------------------

PATH=$hostile:$PATH
gzip -c "$file" >"$room/gzip"
zstd -q -c "$file" >"$room/zstd"
: >"$room/empty.rdb"
yes garbage | head -c 4096 >"$room/garbage.rdb"
head -c 30000 "$file" >"$room/cut.rdb"
head -c 9000 "$room/gzip" >"$room/cut.gz"
{ head -c 20000 "$file"; printf '\377'; tail -c +20002 "$file"; } >"$room/flipped.rdb"
{ head -c -8 "$file"; printf '12345678'; } >"$room/sum.rdb"
mkdir "$room/none" "$room/shards"
cp "$file" "$room/shards/b.rdb"
cp "$odd" "$room/shards/a"

for input in "$room/gzip" "$room/zstd"; do
    ends 0 rdbcat "$input" && silent && cmp -s "$out" "$room/lines"
    result $? "a packed file, by content ($(basename "$input"))"
done
# shellcheck disable=SC2002
cat "$room/gzip" | rdbcat - >"$out" 2>"$err" && silent && cmp -s "$out" "$room/lines"
result $? "a pipe as standard input"
mkfifo "$room/fifo"
# shellcheck disable=SC2016
timeout 20 sh -c 'cat "$1" >"$2"' sh "$file" "$room/fifo" &
ends 0 rdbcat "$room/fifo" && silent && cmp -s "$out" "$room/lines"
result $? "a named pipe"
wait
ends 0 rdbcat "$room/shards" && silent && lines 27 && ends 0 rdbcat --format json "$odd" "$file" "$odd" && silent &&
    jq -e 'length == 33' "$out" >/dev/null && ends 0 rdbcat --format csv "$odd,$file" && lines 29
result $? "a directory, several files: one behind the other"
refuses "no file" "operand FILE... is missing" rdbcat
refuses "a missing file is named" "cannot read $room/missing: cannot open: No such file" rdbcat "$room/missing"
refuses "an empty file" "cannot read $room/empty.rdb: " rdbcat "$room/empty.rdb"
refuses "garbage" "cannot read $room/garbage.rdb: " rdbcat "$room/garbage.rdb"
refuses "a directory without a snapshot" "cannot read $room/none: .*without a snapshot" rdbcat "$room/none"
mkdir "$room/data" && cp -r testdata/sidekiq/flushall/aof "$room/data/appendonlydir"
ends 2 rdbcat "$room/data" && grep -q "^rdbcat: hint: its log is in the folder 'appendonlydir' below$" "$err"
result $? "a data folder says where its log is"
refuses "standard input twice" "standard input .*only be one" rdbcat - -

# ---- damage: 2, a sentence, and what stands before it ---------------------------------------------------------------

for damaged in cut.rdb flipped.rdb cut.gz sum.rdb; do
    ends 2 rdbcat "$room/$damaged" && says "cannot read $room/$damaged: " && [ -s "$out" ] &&
        head -n 1 "$room/lines" | cmp -s - <(head -n 1 "$out")
    result $? "NDJSON of a damaged file: the keys before the damage, and exit 2 ($damaged)"
    ends 2 rdbcat --format json "$room/$damaged" && says "cannot read $room/$damaged: " && ! jq . "$out" >/dev/null 2>&1
    result $? "JSON of a damaged file is no JSON ($damaged)"
    ends 2 rdbcat --format csv "$room/$damaged" && says "cannot read " && ends 2 rdbcat --format keys "$room/$damaged" && says "cannot read "
    result $? "other formats of a damaged file ($damaged)"
done
ends 2 rdbcat "$room/cut.rdb" && ! tail -n 1 "$out" | grep -q '}$' && ! tail -n 1 "$out" | jq . >/dev/null 2>&1
result $? "a value that was cut off leaves its line open"
ends 2 rdbcat "$room/cut.rdb" "$file" && [ "$(jq -c . "$out" 2>/dev/null | wc -l)" -lt 21 ]
result $? "nothing is read behind a damaged file"
snapshot '\0\1k\1v\242rest' >"$room/unknown.rdb"
ends 2 rdbcat --format json "$room/unknown.rdb" && says "byte 0xa2 is no known type or opcode" &&
    ! jq . "$out" >/dev/null 2>&1 && grep -q '"key":"k"' "$out"
result $? "an unknown byte: what stands before it, and exit 2"
{ printf 'REDIS0099\0\1k\1v'; printf '\377\0\0\0\0\0\0\0\0'; } >"$room/newer.rdb"
ends 2 rdbcat --format json "$room/newer.rdb" && says "RDB version 99 is newer" && jq -e 'length == 1' "$out" >/dev/null
result $? "a newer version that was read to its end: all of it, and exit 2"
ends 0 rdbcat --limit 1 --format json "$room/cut.rdb" && silent && jq -e 'length == 1' "$out" >/dev/null
result $? "--limit stops before the damage"

# ---- filters --------------------------------------------------------------------------------------------------------

# finds NAME JQ OPTION...: these options write the names of those keys that this filter of jq takes
finds() {
    local name=$1 filter=$2
    shift 2
    ends 0 rdbcat --format keys "$@" "$file" && silent &&
        cmp -s "$out" <(jq -r "select($filter) | .key" "$room/lines")
    result $? "$name"
}

finds "-k" '.key | startswith("queue:")' -k 'queue:*'
finds "-k twice" '.key | startswith("queue:m") or startswith("queue:s")' -k 'queue:m*' --key 'queue:[s]*'
finds "-K" '.key | startswith("queue:") | not' -K 'queue:*'
finds "-k and -K" '.key | startswith("queue:") and (contains("ma") | not)' -k 'queue:*' --ignore '*ma*'
finds "--re" '.key | test("^queue:.*s$")' --re -k '^queue:.*s$'
finds "--type" '.type == "zset"' -t zset
finds "--type with commas and again" '.type != "list"' -t zset,hash -t string,set
finds "--db" '.db == 0' -n 0
finds "--db that is not there" 'false' -n 3
finds "--ttl none" '.expire_ms == null' --ttl none
finds "--ttl any" '.expire_ms != null' --ttl any
finds "--limit" '.key == "queue:mailers"' -l 1
finds "--limit 0" 'false' -l 0
ends 0 rdbcat --format csv --size 1000-3000 "$file" && tail -n +2 "$out" | cut -d, -f10 >"$room/sizes" && [ -s "$room/sizes" ] &&
    [ "$(awk '$1 < 1000 || $1 > 3000' "$room/sizes" | wc -l)" -eq 0 ] &&
    rdbcat --format csv "$file" | tail -n +2 | awk -F, '$10 >= 1000 && $10 <= 3000' | cmp -s - <(tail -n +2 "$out")
result $? "--size"
ends 0 rdbcat --size 0- "$file" && cmp -s "$out" "$room/lines"
result $? "values are the same at the second look"
mkdir "$room/tmp"
TMPDIR=$room/tmp rdbcat --size 0- - <"$room/gzip" >"$out" 2>"$err" && silent && cmp -s "$out" "$room/lines" &&
    [ -z "$(ls -A "$room/tmp")" ]
result $? "--size of a packed pipe leaves no temporary file behind"
ends 0 rdbcat --format csv --slot 8192-16383 "$file" && tail -n +2 "$out" | tr -d '\r' | cut -d, -f12 >"$room/slots" &&
    [ -s "$room/slots" ] && [ "$(awk '$1 < 8192' "$room/slots" | wc -l)" -eq 0 ]
result $? "--slot"
[ "$( (rdbcat --format keys --slot 0-8191 "$file"; rdbcat --format keys --slot 8192- "$file") | sort)" = "$(jq -r .key "$room/lines" | sort)" ]
result $? "all slots are all keys"
snapshot '\372\5ctime\0122000000000\374\364\041\112\251\321\1\0\0\0\1a\1v\374\210\063\112\251\321\1\0\0\0\1b\1v\0\1c\1v' >"$room/ttl.rdb"
ends 0 rdbcat --format keys --ttl 1s- "$room/ttl.rdb" && [ "$(cat "$out")" = b ] &&
    ends 0 rdbcat --format keys --ttl expired "$room/ttl.rdb" && lines 0 &&
    ends 0 rdbcat --format keys --ttl -999ms "$room/ttl.rdb" && [ "$(cat "$out")" = a ]
result $? "--ttl counts from when the snapshot was saved"
ends 0 rdbcat --format keys --ttl-from now --ttl 1h- "$room/ttl.rdb" && [ "$(tr '\n' ' ' <"$out")" = 'a b ' ]
result $? "--ttl-from now"

# ---- mistakes at the command line -----------------------------------------------------------------------------------

refuses "an unknown format" "'--format' takes ndjson, json, csv, resp or keys" rdbcat --format xml "$file"
refuses "an unknown type" "a type is string, list" rdbcat -t queue "$file"
refuses "a database that is no number" "a database is a number" rdbcat -n x "$file"
refuses "a range of sizes" "a range of sizes is like" rdbcat --size big "$file"
refuses "a range of slots" "a range of slots is like" rdbcat --slot 20000 "$file"
refuses "a range of times" "a time to live is none" rdbcat --ttl soon "$file"
refuses "a regular expression" "no regular expression" rdbcat --re -k '[' "$file"
refuses "--null without keys" "'--null' goes with '--format keys'" rdbcat -0 "$file"
refuses "--for without resp" "'--for' goes with '--format resp'" rdbcat --for redis:7 "$file"
refuses "--restore without resp" "'--restore' goes with '--format resp'" rdbcat --restore "$file"
refuses "--redact without a secret" "'--redact' needs '--redact-key FILE'" rdbcat --redact keys "$file"
refuses "--redact-key without --redact" "'--redact-key' goes with '--redact'" rdbcat --redact-key "$file" "$file"

# ---- tokens ---------------------------------------------------------------------------------------------------------

(umask 077 && head -c 32 /dev/urandom >"$room/secret")
ends 0 rdbcat --redact keys,values --redact-key "$room/secret" "$file" && silent && lines 21 &&
    ! grep -q 'queue:\|jid\|Job' "$out" && jq -es 'all(.key | startswith("r:"))' "$out" >/dev/null
result $? "--redact leaves no name and no value"
ends 0 rdbcat --redact values --redact-key "$room/secret" "$file" && cp "$out" "$room/first" &&
    ends 0 rdbcat --redact values --redact-key "$room/secret" testdata/sidekiq/lost_tail/new.rdb &&
    jq -es --slurpfile first "$room/first" '
        (map(select(.key == "queue:mailers"))[0].value) as $new | ($first | map(select(.key == "queue:mailers"))[0].value) as $old |
        ($new | length) == 20 and ($new - $old) == []' "$out" >/dev/null
result $? "tokens of two files can be joined"
cp "$room/secret" "$room/open" && chmod 644 "$room/open" && ends 0 rdbcat --redact keys --redact-key "$room/open" "$file" &&
    says "others than its owner may read"
result $? "a secret that others may read is told"

# ---- output ---------------------------------------------------------------------------------------------------------

for format in ndjson json csv keys; do
    rdbcat --format $format "$file" >/dev/full 2>"$err"
    [ $? -eq 2 ] && says "cannot write standard output: No space left on device"
    result $? "a full disk is exit 2 ($format)"
    rdbcat --format $format "$file" >&- 2>"$err"
    [ $? -eq 2 ] && says "cannot write standard output"
    result $? "a closed standard output is exit 2 ($format)"
    rdbcat --format $format "$file" "$file" "$file" "$file" "$file" 2>"$err" | head -n 1 >"$out"
    [ "${PIPESTATUS[0]}" -eq 0 ] && silent && [ -s "$out" ]
    result $? "a pipe that is closed ends it quietly ($format)"
done

# ---- manual ---------------------------------------------------------------------------------------------------------

PATH=$bin:$PATH
examples
manual

echo "1..$number"
