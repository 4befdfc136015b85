#!/bin/bash
# Round trips through a real server: what rdbcat writes as commands, or by RESTORE, goes into an empty server; what that
# server saves must equal what was read, by `rdbdiff --strict`. That compares names, types, values, databases and expiries
# (to the second); not the order of keys, encodings, nor when consumers were seen. Keys whose time has passed are gone in a
# server: rdbdiff takes them for expired. Where the server cannot hold all, rdbcat must say so, and all the rest be equal. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcat
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}
. tests/e2e/server.sh

# ---- the server -----------------------------------------------------------------------------------------------------

server_start "$room" --appendonly no --databases 64 --enable-debug-command yes
r debug set-active-expire 0 >/dev/null
release=$(r info server | sed -n 's/^redis_version:\([0-9]*\.[0-9]*\).*/\1/p')

empty() { r flushall >/dev/null && r function flush >/dev/null; }
save() { r save >/dev/null && mv "$room/dump.rdb" "$1"; }

# sends WANTED [OPTION...] FILE: into the server, which must understand every command; rdbcat ends with WANTED
sends() {
    local wanted=$1
    shift
    rdbcat --format resp "$@" 2>"$err" | redis-cli -p "$port" --pipe >"$out" 2>&1
    local status=("${PIPESTATUS[@]}")
    [ "${status[0]}" -eq "$wanted" ] && grep -q '^errors: 0, ' "$out"
}

same() { rdbdiff --strict --only keys --color never "$@" >"$out" 2>&1; }

# ---- a data set made by commands --------------------------------------------------------------------------------------

generate() {
    empty
    r config set stream-node-max-entries 10 >/dev/null
    r eval '
        local bin = "\0\1\r\n\255$*"
        redis.call("set", bin, bin)
        redis.call("set", "", "")
        redis.call("set", "empty", "")
        redis.call("set", "int", "-9223372036854775808")
        redis.call("set", "big", string.rep("x\0\255", 350000))
        redis.call("setbit", "bits", 1000003, 1)
        redis.call("pfadd", "hll", "a", "b", "c")
        for i = 1, 30000 do
            redis.call("rpush", "list", "item " .. i)
            redis.call("sadd", "set", "member " .. i)
            redis.call("zadd", "zset", i / 7, "member " .. i)
            redis.call("hset", "hash", "field " .. i, "value " .. i)
        end
        redis.call("rpush", "long items", string.rep("a", 200000), "b", string.rep("c", 70000), "")
        redis.call("hset", "long fields", string.rep("f", 70000), "1", "g", string.rep("v", 70000), "", "")
        redis.call("sadd", "ints", 1, -5, 30000, 9007199254740993)
        redis.call("zadd", "scores", "inf", "a", "-inf", "b", "0.1", "c", "1e300", "d", "-2.5e-310", "e", 9007199254740993, "f",
            "4503599627370497.5", "g", "1000000000000000", "h", "1e15", "i", "123456789012345678", "j")
        redis.call("zadd", "zero", "-0", string.rep("z", 100))
        redis.call("geoadd", "geo", 13.361389, 38.115556, "Palermo")
        redis.call("rpush", bin .. "list", bin, "", "5", "-5")
        for i = 1, 500 do redis.call("set", "many:" .. i, i) redis.call("pexpireat", "many:" .. i, 4000000000000 + i) end
    ' 0 >/dev/null
    r -n 3 set other value exat 4000000000 >/dev/null
    r -n 63 rpush last x >/dev/null
    streams
}

streams() {
    r eval '
        for i = 1, 200 do redis.call("xadd", "s", i .. "-1", "f", i, "g\0" , "v" .. i) end
        redis.call("xadd", "s", "201-0", "other", "1", "fields", "2", "x", "3")
        redis.call("xgroup", "create", "s", "g\0\255", "0")
        redis.call("xgroup", "create", "s", "at end", "$")
        redis.call("xgroup", "create", "s", "nobody", "5-5", "entriesread", "5")
        redis.call("xgroup", "createconsumer", "s", "at end", "idle")
        redis.call("xreadgroup", "group", "g\0\255", "c1", "count", 100, "streams", "s", ">")
        redis.call("xreadgroup", "group", "g\0\255", "c2", "count", 50, "streams", "s", ">")
        redis.call("xreadgroup", "group", "g\0\255", "c2", "streams", "s", "0")
        redis.call("xack", "s", "g\0\255", "3-1", "4-1", "120-1")
        redis.call("xclaim", "s", "g\0\255", "c3", 0, "7-1", "8-1", "110-1", "TIME", 1700000000000, "RETRYCOUNT", 9, "JUSTID")
        redis.call("xdel", "s", "1-1", "2-1", "5-1", "50-1", "51-1", "130-1", "201-0")
        redis.call("xtrim", "s", "MAXLEN", 190)
        redis.call("xgroup", "create", "only group", "g", "0", "mkstream")
        redis.call("xadd", "emptied", "5-5", "a", "b")
        redis.call("xgroup", "create", "emptied", "g", "0")
        redis.call("xreadgroup", "group", "g", "c", "streams", "emptied", ">")
        redis.call("xdel", "emptied", "5-5")
        redis.call("xadd", "trimmed", "5-5", "a", "b")
        redis.call("xgroup", "create", "trimmed", "g", "0")
        redis.call("xreadgroup", "group", "g", "c", "streams", "trimmed", ">")
        redis.call("xtrim", "trimmed", "MAXLEN", 0)
        redis.call("xadd", "set id", "1-1", "a", "b")
        redis.call("xsetid", "set id", "99-9", "ENTRIESADDED", 77, "MAXDELETEDID", "44-4")
        redis.call("xadd", "largest", "18446744073709551615-18446744073709551615", "a", string.rep("l", 100000))
        redis.call("xadd", "tail", "1-1", "a", "b")
        redis.call("xadd", "tail", "2-2", "a", "b")
        redis.call("xgroup", "create", "tail", "g", "0")
        redis.call("xreadgroup", "group", "g", "c", "streams", "tail", ">")
        redis.call("xdel", "tail", "2-2")' 0 >/dev/null
}

generate
save "$room/generated.rdb"
for how in '' --restore; do
    empty
    # shellcheck disable=SC2086
    sends 0 $how --for "redis:$release" "$room/generated.rdb" && save "$room/back.rdb" && same "$room/generated.rdb" "$room/back.rdb"
    result $? "what real commands made comes back ${how:-by commands}"
    # shellcheck disable=SC2086
    sends 0 $how --for "redis:$release" "$room/generated.rdb" && save "$room/back.rdb" && same "$room/generated.rdb" "$room/back.rdb"
    result $? "and into a server that has it already, ${how:-by commands}"
done
[ "$(rdbcat -k s "$room/generated.rdb" | jq -c '[.value | .last_id, .max_deleted_id, .entries_added, .length] + [.value.groups[].pel | length]')" \
    = "$(rdbcat -k s "$room/back.rdb" | jq -c '[.value | .last_id, .max_deleted_id, .entries_added, .length] + [.value.groups[].pel | length]')" ]
result $? "counters of a stream, and pending entries whose message is gone"
r flushall >/dev/null
r rpush big x >/dev/null && r set list y >/dev/null && r sadd s z >/dev/null
sends 0 --for "redis:$release" "$room/generated.rdb" && save "$room/back.rdb" && same "$room/generated.rdb" "$room/back.rdb"
result $? "keys of other types are replaced"
empty
sends 0 -K '*' "$room/generated.rdb" && [ "$(r dbsize)" = 0 ] && sends 0 -n 3 "$room/generated.rdb" && [ "$(r -n 3 dbsize)" = 1 ] &&
    [ "$(r dbsize)" = 0 ] && [ "$(r -n 3 pexpiretime other)" = 4000000000000 ]
result $? "only the keys that are chosen are sent"
empty
head -c 32 /dev/urandom >"$room/secret" && chmod 600 "$room/secret"
sends 0 --redact keys,values --redact-key "$room/secret" "$room/generated.rdb" && save "$room/back.rdb" &&
    [ "$(rdbcat -f keys "$room/back.rdb" | grep -cv '^r:[0-9a-f]\{32\}$')" = 0 ] &&
    [ "$(rdbcat "$room/back.rdb" | wc -l)" = "$(rdbcat "$room/generated.rdb" | wc -l)" ] && ! grep -q 'item 2\|Palermo' "$room/back.rdb"
result $? "what is redacted is redacted in commands, too"
empty
sends 0 --size 100k- "$room/generated.rdb" && save "$room/back.rdb" && [ "$(r dbsize)" -gt 3 ] &&
    [ "$(r dbsize)" = "$(rdbcat -f keys --size 100k- "$room/generated.rdb" | wc -l)" ] && [ "$(r llen list)" = 30000 ]
result $? "keys chosen by size"

# ---- old servers -------------------------------------------------------------------------------------------------------

# Streams, but for what servers before 7.0 do not keep.
without_counters() {
    rdbcat -t stream "$1" | jq -c 'del(.encoding, (.. | .seen_ms?, .entries_read?, .entries_added?, .max_deleted_id?))' | sort
}

# A new server understands the old forms; what the old one does not have is left out, and told.
for old in 2.4 2.8 3.0 3.2 4.0 5.0 6.2; do
    for how in '' --restore; do
        empty
        lost=0
        [ "${old%%.*}" -ge 5 ] || lost=1
        # shellcheck disable=SC2086
        sends $lost $how --for "redis:$old" "$room/generated.rdb" && save "$room/back.rdb" &&
            same -t string,list,set,zset,hash "$room/generated.rdb" "$room/back.rdb" &&
            if [ $lost = 1 ]; then
                grep -q "streams were left out: Redis $old has none: 7, the first in" "$err"
            else
                diff <(without_counters "$room/generated.rdb") <(without_counters "$room/back.rdb") >"$out"
            fi
        result $? "the commands of Redis $old ${how:-without RESTORE}"
    done
done

# ---- what cannot be -----------------------------------------------------------------------------------------------------

refuses "Sidekiq takes no commands" "Sidekiq takes none" rdbcat -f resp --for sidekiq:8.0 "$room/generated.rdb"
refuses "redacted values cannot be restored as they are" "cannot be restored as they are" \
    rdbcat -f resp --restore --redact values --redact-key "$room/secret" "$room/generated.rdb"
head -c 100000 "$room/generated.rdb" >"$room/cut.rdb"
ends 2 rdbcat -f resp "$room/cut.rdb" && says "cannot read"
result $? "a snapshot that was cut off is exit 2"

# ---- the corpus -----------------------------------------------------------------------------------------------------------

# What rdbcat says was lost, as the types in which the data may then differ.
touched() {
    sed -n -e 's/.*: fields of hashes lost .*/hash/p' -e 's/.*: arrays were left out.*/array/p' -e 's/.*: values of modules.*/module/p' \
        -e 's/.*: streams lost .*/stream/p' -e 's/.*: pending entries .*/stream/p' "$1" | sort -u
}

trip() { # FILE HOW
    local file=$1 how=$2 status types
    empty
    # shellcheck disable=SC2086
    rdbcat --format resp --for "redis:$release" $how "$file" 2>"$room/told" | redis-cli -p "$port" --pipe >"$out" 2>&1
    status=${PIPESTATUS[0]}
    save "$room/back.rdb"
    types=$(touched "$room/told")
    [ "$status" -eq "$(grep -v ' note: ' "$room/told" | grep -c . | sed 's/[1-9].*/1/')" ] || return 1
    grep -q '^errors: 0, ' "$out" || grep -qx module <<<"$types" || return 1
    if grep -q 'keys lost their metadata' "$room/told"; then # rdbdiff sees that, too
        diff <(plain "$file") <(plain "$room/back.rdb") >"$out"
    elif [ -z "$types" ]; then
        same "$file" "$room/back.rdb"
    else
        same -t "$(printf '%s\n' string list set zset hash stream array module | grep -vxF "$types" | paste -sd,)" "$file" "$room/back.rdb"
    fi
}
plain() { rdbcat -t string,list,set,zset --ttl none "$1" | jq -c 'del(.encoding, .key_meta, .idle_s, .freq)' | sort; }

if [ -d "$corpus/rdb" ]; then
    for file in "$corpus"/rdb/*.rdb "$corpus"/rdb/*.rdb.gz; do
        for how in '' --restore; do
            trip "$file" "$how"
            result $? "$(basename "$file") ${how:-by commands}"
        done
    done
    empty
    rdbcat -f resp --for "redis:$release" "$corpus/rdb/redis-7.0.15-functions.rdb" | redis-cli -p "$port" --pipe >"$out" 2>"$err"
    [ "$(r function list | grep -c '^library_name$')" = 3 ]
    result $? "libraries of functions are there again"
    r config set maxmemory-policy allkeys-lfu >/dev/null
    empty
    sends 0 --restore --for "redis:$release" "$corpus/rdb/redis-6.2.16-lfu.rdb" && save "$room/back.rdb" &&
        diff <(rdbcat --ttl none "$corpus/rdb/redis-6.2.16-lfu.rdb" | jq -c '[.key, .freq]' | sort) \
            <(rdbcat --ttl none "$room/back.rdb" | jq -c '[.key, .freq]' | sort) >"$out"
    result $? "RESTORE brings over how often keys were used"
else
    skip "round trips of the corpus" "the corpus is not here"
fi
echo "1..$number"
