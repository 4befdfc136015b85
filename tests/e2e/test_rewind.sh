#!/bin/bash
# The way back: a real server logs what it does, a FLUSHALL among it; `rdbconv` makes snapshots of its log as it was at
# moments, or without the FLUSHALL; the server loads them, and what it saves then must equal what it had, by
# `rdbdiff --strict`. Then what rdbconv refuses, and the same moments in the other tools. TAP.
# shellcheck disable=SC2016 # RESP
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbconv
# shellcheck source=tests/e2e/tap.sh
. tests/e2e/tap.sh
hostile=$bin # what is meant to break it is given to the build with sanitizers, where there is one
[ -x build/asan/bin/rdbconv ] && hostile=$PWD/build/asan/bin
. tests/e2e/server.sh

save() { r save >/dev/null && mv "$room/$1/dump.rdb" "$room/$2"; }
same() { timeout 60 rdbdiff --strict --color never "$@" >"$out" 2>"$err"; }

# loads FILE WANTED: a server that is given the file has what is in the other one
loads() {
    mkdir -p "$room/load" && cp "$1" "$room/load/given.rdb"
    server_start "$room/load" --appendonly no --dbfilename given.rdb
    r save >/dev/null
    server_stop
    mv "$room/load/given.rdb" "$room/loaded.rdb"
    same "$2" "$room/loaded.rdb"
}

# ---- what happened --------------------------------------------------------------------------------------------------

server_start "$room/log" --appendonly yes --appendfsync always --aof-timestamp-enabled yes --auto-aof-rewrite-percentage 0
log=$room/log/appendonlydir
incr=$log/appendonly.aof.1.incr.aof
r eval '
    redis.call("sadd", "queues", "default", "mailers")
    for i = 1, 300 do
        redis.call("lpush", "queue:default", cjson.encode({ class = "HardJob", args = { i }, retry = true, queue = "default",
            jid = string.format("%024x", i), created_at = 1795419810.5 + i, enqueued_at = 1795419810.75 + i }))
    end
    redis.call("zadd", "schedule", 1795500000.25, "later", "inf", "never", "-0.1", "long ago")
    redis.call("hset", "hash", "field", string.rep("value ", 1000), "", "", "n", "-17")
    redis.call("set", "bin\0\r\n\255", "\0\1\2")
    redis.call("set", "expires", "soon", "PXAT", 4102444800123)
    redis.call("setbit", "bits", 100003, 1)
    redis.call("pfadd", "hll", "a", "b", "c")
    for i = 1, 2000 do redis.call("sadd", "numbers", i * i) redis.call("rpush", "list", i, "item " .. i) end
' 0 >/dev/null
r -n 3 set other db >/dev/null
save log first.rdb
sleep 1.1
first=$(date +%s)
sleep 1.1
r rpush list more >/dev/null
r del hash >/dev/null
r del bits >/dev/null
save log before.rdb
flush=$(stat -c %s "$incr")
r flushall >/dev/null
r lpush queue:default '{"jid":"after"}' >/dev/null
r set after 1 >/dev/null
save log after.rdb
server_stop
flush=$((flush + $(tail -c "+$((flush + 1))" "$incr" | grep -abo '\*1' | head -n 1 | cut -d: -f1)))

# ---- back -----------------------------------------------------------------------------------------------------------

ends 0 rdbconv "$log@before:FLUSHALL" -o "$room/back.rdb" && silent && [ ! -s "$out" ] &&
    [ "$(head -c 9 "$room/back.rdb")" = REDIS0006 ]
result $? "before the FLUSHALL, as RDB 6"
redis-check-rdb "$room/back.rdb" >"$out" 2>&1 && ends 0 rdbcheck --for redis:2.6 --for redis:7.0 --for valkey:9.0 "$room/back.rdb"
result $? "it is whole, and old servers load it"
ends 0 rdbcheck --for redis:2.6 --for redis:7.0 --for valkey:9.0 "$log@before:FLUSHALL" && grep -q '^WHOLE: ' "$out"
result $? "rdbcheck says so before it is written"
loads "$room/back.rdb" "$room/before.rdb"
result $? "a server loads it, and has what it had"
ends 0 rdbconv "$log" -o "$room/end.rdb" && silent && loads "$room/end.rdb" "$room/after.rdb"
result $? "the end"
ends 0 rdbconv "$log@$first" -o "$room/first-back.rdb" && silent && loads "$room/first-back.rdb" "$room/first.rdb"
result $? "a time, in seconds"
ends 0 rdbconv "$log@$(date -u -d "@$first" +%Y-%m-%dT%H:%M:%SZ)" -o "$room/first-date.rdb" && silent &&
    cmp -s "$room/first-date.rdb" "$room/first-back.rdb"
result $? "the same time as a date"
ends 0 rdbconv "$log@offset:$flush" -o "$room/offset.rdb" && silent && cmp -s "$room/offset.rdb" "$room/back.rdb" &&
    ends 0 rdbconv --force "$log@offset:appendonly.aof.1.incr.aof:$((flush + 3))" -o "$room/offset.rdb" && silent &&
    loads "$room/offset.rdb" "$room/before.rdb"
result $? "an offset, at which a command begins or within it"
ends 0 rdbconv "$log@before:last:DEL" -o "$room/del.rdb" && rdbcat --format keys "$room/del.rdb" >"$room/keys" &&
    grep -qx bits "$room/keys" && ! grep -qx hash "$room/keys" &&
    ends 0 rdbconv "$log@before:del" -o "$room/del1.rdb" && rdbcat --format keys "$room/del1.rdb" | grep -qx hash
result $? "before the first and the last command of a name"
ends 0 rdbconv --without "$flush" "$log" -o "$room/without.rdb" && silent &&
    rdbdiff --only keys --json "$room/before.rdb" "$room/without.rdb" | jq -e '
        .keys | .only_old == 0 and .changed == 0 and .only_new == 1' >/dev/null &&
    rdbdiff --json "$room/before.rdb" "$room/without.rdb" | jq -e '.ledger.total | .lost == 0 and .old == 303 and .new == 304' >/dev/null
result $? "without the FLUSHALL: what came later is there, too"
loads "$room/without.rdb" "$room/without.rdb"
result $? "a server loads it"
ends 0 rdbconv --without "appendonly.aof.1.incr.aof:$flush" "$log@before:last:SET" -o "$room/without2.rdb" &&
    ! rdbcat --format keys "$room/without2.rdb" | grep -qx after
result $? "without one command, up to a moment"

# ---- what needs a newer server --------------------------------------------------------------------------------------

server_start "$room/newer" --appendonly yes --appendfsync always
r xadd stream 1-1 a b >/dev/null
r xgroup create stream group 0 >/dev/null
r xgroup createconsumer stream group consumer >/dev/null
r set plain 1 >/dev/null
r function load $'#!lua name=lib\nredis.register_function("f", function() return 1 end)' >/dev/null
save newer newer.rdb
server_stop
newer=$room/newer/appendonlydir
ends 0 rdbconv "$newer" -o "$room/streams.rdb" && says "written as RDB 1[01] for the sake of .*: Redis 7" &&
    loads "$room/streams.rdb" "$room/newer.rdb"
result $? "streams and functions: the version is told"
ends 0 rdbconv -q "$newer" -o "$room/quiet.rdb" && silent
result $? "--quiet"
ends 0 rdbconv -t string "$newer@before:FUNCTION" -o "$room/filtered.rdb" && silent && [ "$(head -c 9 "$room/filtered.rdb")" = REDIS0006 ] &&
    [ "$(rdbcat --format keys "$room/filtered.rdb")" = plain ]
result $? "a filter: what is not written needs no version"
ends 0 rdbconv -n 3 "$log@before:FLUSHALL" -o "$room/db3.rdb" && [ "$(rdbcat "$room/db3.rdb" | jq -c '[.db, .key]')" = '[3,"other"]' ] &&
    ends 0 rdbconv -k 'queue*' -K '*:*' "$log@before:FLUSHALL" -o "$room/queues.rdb" &&
    [ "$(rdbcat --format keys "$room/queues.rdb")" = queues ]
result $? "filters by name and database"
ends 0 rdbconv testdata/sidekiq/lost_tail/old.rdb -o "$room/plain.rdb" && silent && [ "$(head -c 9 "$room/plain.rdb")" = REDIS0006 ] &&
    same testdata/sidekiq/lost_tail/old.rdb "$room/plain.rdb"
result $? "a snapshot in plain encodings"

# ---- kinds of source ------------------------------------------------------------------------------------------------

PATH=$hostile:$PATH
ends 0 rdbconv "$incr" -o "$room/single.rdb" && same "$room/end.rdb" "$room/single.rdb"
result $? "a single file of the set"
gzip -c "$incr" >"$room/packed" && ends 0 rdbconv "$room/packed@before:FLUSHALL" -o "$room/packed.rdb" && silent &&
    same "$room/back.rdb" "$room/packed.rdb"
result $? "packed, by content"
zstd -q -c "$incr" | rdbconv - -o "$room/pipe.rdb" >"$out" 2>"$err" && silent && same "$room/end.rdb" "$room/pipe.rdb"
result $? "a packed pipe as standard input"
cat "$log/appendonly.aof.1.base.rdb" "$incr" >"$room/preamble.aof" && ends 0 rdbconv "$room/preamble.aof@before:FLUSHALL" \
    -o "$room/preamble.rdb" && silent && same "$room/back.rdb" "$room/preamble.rdb" &&
    rdbconv - -o "$room/preamble2.rdb" <"$room/preamble.aof" && same "$room/end.rdb" "$room/preamble2.rdb"
result $? "a snapshot with commands behind it, and as a pipe"
ends 0 rdbconv "$log/appendonly.aof.manifest@before:FLUSHALL" -o "$room/manifest.rdb" && same "$room/back.rdb" "$room/manifest.rdb"
result $? "a manifest"
{ cat "$incr"; printf '*3\r\n$3\r\nSET\r\n$4\r\ntorn\r\n$5\r\nva'; } >"$room/torn.aof"
ends 0 rdbconv "$room/torn.aof" -o "$room/torn.rdb" && says "note: .*torn.aof: .*; 29 bytes were left out, as servers do" &&
    same "$room/end.rdb" "$room/torn.rdb"
result $? "a torn end is left out, and told"
{ cat "$incr"; printf '*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nDEL\r\n$5\r\nafter\r\n'; } >"$room/multi.aof"
ends 0 rdbconv "$room/multi.aof" -o "$room/multi.rdb" && says "note: .*multi.aof: no EXEC follows on the MULTI" &&
    same "$room/end.rdb" "$room/multi.rdb"
result $? "an open transaction is left out, and told"
{ cat "$incr"; printf '*3\r\n$4\r\nEVAL\r\n$1\r\nx\r\n$1\r\n0\r\n'; } >"$room/script.aof"
ends 1 rdbconv "$room/script.aof" -o "$room/script.rdb" && grep -q "1 command could not be replayed" "$err" && [ -s "$room/script.rdb" ]
result $? "what cannot be replayed is exit 1"

# ---- mistakes -------------------------------------------------------------------------------------------------------

# keeps NAME REGEX ARGUMENT...: exit 2, that sentence, and no file
keeps() {
    local name=$1 regex=$2
    shift 2
    rm -f "$room/no.rdb"
    ends 2 rdbconv "$@" -o "$room/no.rdb" && says "$regex" && [ ! -e "$room/no.rdb" ]
    result $? "$name"
}
refuses "no output" "option '--output FILE' is missing" rdbconv "$log"
refuses "no source" "operand SOURCE is missing" rdbconv -o "$room/no.rdb"
refuses "a file that is there" "exists already" rdbconv "$log" -o "$room/back.rdb"
ends 0 rdbconv --force "$log" -o "$room/offset.rdb" && cmp -s "$room/offset.rdb" "$room/end.rdb"
result $? "--force"
sum=$(cat "$log"/* | cksum)
ends 2 rdbconv --force "$log" -o "$incr" && says "belongs to the source, which is never written to" &&
    ends 2 rdbconv --force "$log" -o "$log/appendonly.aof.manifest" && says "belongs to the source" &&
    ends 2 rdbconv --force "$incr" -o "$incr" && says "belongs to the source" && [ "$(cat "$log"/* | cksum)" = "$sum" ]
result $? "a file of the source stays, by force, too"
keeps "a missing source" "cannot read $room/none: cannot open: No such file" "$room/none"
keeps "a moment of a snapshot" "a snapshot is of one moment" testdata/sidekiq/lost_tail/old.rdb@offset:100
keeps "a command that is not in the log" "no command 'SWAPDB' is in the log" "$log@before:SWAPDB"
printf '*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nset\r\n$1\r\na\r\n$x\r\n1\r\n*1\r\n$8\r\nFLUSHALL\r\n' >"$room/hurt.aof"
keeps "a command that may stand behind damage" "'x' in the length of argument 3 of 3 .*byte 35" "$room/hurt.aof@before:FLUSHALL"
keeps "a last command, behind which is damage" "'x' in the length of argument 3 of 3 .*byte 35" "$room/hurt.aof@before:last:PING"
keeps "a command that is not known" "'before:FLUSHEVERYTHING' is no moment" "$log@before:FLUSHEVERYTHING"
keeps "a date without a zone" "is no moment: it ends in Z" "$log@2026-11-23T03:11:59"
keeps "a time, and no annotations" "needs annotations \(aof-timestamp-enabled yes\)" "$newer@4102444800"
keeps "an offset at which no command begins" "none begins there \(byte $((flush + 1))\)" "$log" --without "$((flush + 1))"
keeps "a file that is not of the log" "no file 'x.aof' belongs to the log" "$log" --without x.aof:0
keeps "an offset that is none" "'here' is no place of a command" "$log" --without here
mkdir "$room/loose" && cp "$incr" "$room/loose/"
keeps "a directory without its manifest" "without a manifest: a server starts empty on it" "$room/loose"
{ head -c "$flush" "$incr"; printf 'garbage'; tail -c "+$((flush + 1))" "$incr"; } >"$room/broken.aof"
keeps "damage" "cannot read $room/broken.aof: .*command [0-9]+.*byte [0-9]+" "$room/broken.aof"
[ -z "$(find "$room" -name '.rdbkit-*')" ]
result $? "no part of a file is left"

# ---- the other tools ------------------------------------------------------------------------------------------------

ends 0 rdbdiff --strict "$log@before:FLUSHALL" "$room/before.rdb" && silent && ends 1 rdbdiff "$log@before:FLUSHALL" "$log" &&
    grep -q 'LOST' "$out" && ends 0 rdbdiff --strict --without "$flush" "$log" "$room/without.rdb"
result $? "rdbdiff takes moments, and --without"
rdbdiff --json "$log@before:FLUSHALL" "$log" | jq -e '
    (.inputs | map(.format) == ["aof", "aof"] and all(.rdb_version == null and .log.commands > 0)) and
    (.inputs[0].log.stopped) and (.jobs | all((.old.offset // null) == null))' >/dev/null
result $? "what is known of a log, in JSON; keys stand nowhere in it"
ends 0 rdbcat --format keys "$log@before:FLUSHALL" && sort "$out" | cmp -s - <(rdbcat --format keys "$room/before.rdb" | sort) &&
    ends 0 rdbcat --format csv "$log" && [ "$(tail -n +2 "$out" | cut -d, -f11 | sort -u)" = '' ]
result $? "rdbcat takes moments"
ends 2 rdbcat --without 7 "$room/before.rdb" && grep -q "no command begins at '7' in any log" "$err" &&
    ends 2 rdbdiff --without "$((flush + 1))" "$log" "$room/before.rdb" && grep -q "no command begins at" "$err"
result $? "--without where no source has such a command"
cp "$room/back.rdb" "$room/odd@before:FLUSHALL" && ends 0 rdbcat --format keys "$room/odd@before:FLUSHALL" && [ -s "$out" ]
result $? "a file may be called so"
mkdir "$room/data" && cp "$room/before.rdb" "$incr" "$room/data" && mv "$room/data/appendonly.aof.1.incr.aof" "$room/data/appendonly.aof"
ends 2 rdbcat "$room/data" && grep -q "append-only files that no manifest lists" "$err" && grep -q "hint: name the file that is meant" "$err"
result $? "a snapshot and a log side by side: which of them, nobody knows"

# ---- manual ---------------------------------------------------------------------------------------------------------

PATH=$bin:$PATH
examples
manual

echo "1..$number"
