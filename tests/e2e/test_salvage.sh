#!/bin/bash
# A real server's snapshot (queues of 20,000 jobs, sorted sets, hashes, sets, streams, strings, several databases; see
# testdata/salvage/server.lua), damaged in seeded ways: what `rdbcheck --salvage` writes is taken by `redis-check-rdb` and
# by the server, with as many keys as it says, and each queue has its jobs in their order, but for those in the nodes that
# were hit. SEED=N tries other damage. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcheck
. tests/e2e/tap.sh
. tests/e2e/server.sh
node=8192 # bytes of jobs in a node of a queue, as the server has it

server_start "$room" --appendonly no --enable-debug-command yes

# ---- the snapshot ---------------------------------------------------------------------------------------------------

sound=$room/sound.rdb
zstd -qd testdata/salvage/server.rdb.zst -o "$sound"
size=$(stat -c %s "$sound")
ends 0 rdbcheck -q "$sound"
result $? "the snapshot is whole"

jobs() { rdbcat --format ndjson "$1" | jq -r --arg key "$2" 'select(.key == $key) | .value[]'; }
jobs "$sound" queue:default >"$room/default"
jobs "$sound" queue:low >"$room/low"

# ---- damage ---------------------------------------------------------------------------------------------------------

blot() { # FROM LENGTH KIND: destroys bytes of $room/bad.rdb
    case $3 in
    zeros) head -c "$2" /dev/zero ;;
    ones) head -c "$2" /dev/zero | tr '\0' '\377' ;;
    random) openssl enc -aes-128-ctr -K "$(printf %032x "$1")" -iv 0 -in /dev/zero 2>/dev/null | head -c "$2" ;;
    other) tail -c +"$(($1 / 2 + 1))" "$sound" | head -c "$2" ;;
    bit) head -c "$2" /dev/zero ;;
    esac | dd of="$room/bad.rdb" bs=64K seek="$1" oflag=seek_bytes conv=notrunc status=none
}

# in_order SOUND SAVED MOST: SAVED are lines of SOUND, in their order; MOST lines at most are missing, or are others, as a byte
# of a compressed node can change jobs without a trace
in_order() {
    awk -v most="$3" 'BEGIN { i = n = missing = changed = 0 }
        FNR == 1 { file++ }
        file == 1 { known[$0]; next }
        file == 2 { if ($0 in known) saved[n++] = $0; else changed++; next }
        i < n && $0 == saved[i] { i++; next } { missing++ }
        END { exit !(i == n && missing <= most && changed <= most) }' "$1" "$2" "$1"
}

# hit KEY FROM LENGTH: the damage is where the record of the key begins: its name, its length, or the head of its first node
hit() {
    local at
    at=$(rdbcat --format csv -k "$1" "$sound" | awk -F, -v at="$(rdbcat --format csv "$sound" | head -n 1 |
        tr , '\n' | grep -nx offset | cut -d: -f1)" 'NR == 2 { print $at }')
    [ "$2" -lt $((at + 60)) ] && [ $(($2 + $3)) -gt $((at - 20)) ]
}

# keeps KEY FILE FROM LENGTH: a queue is lost as a whole only where its head was hit
keeps() {
    [ -s "$2" ] || hit "$1" "$3" "$4"
}

# survives NAME LENGTH STRICT FROM: what is salvaged of $room/bad.rdb loads, and the queues are in order
survives() {
    local name=$1 nodes=$(($2 / 1000 + 4)) keys loaded
    rm -f "$room/saved.rdb"
    ends 1 rdbcheck --json --salvage "$room/saved.rdb" "$room/bad.rdb" || { result 1 "$name: salvaged"; return; }
    keys=$(jq .files[0].salvage.keys "$out")
    ends 0 redis-check-rdb "$room/saved.rdb" || { result 1 "$name: redis-check-rdb takes it"; return; }
    cp "$room/saved.rdb" "$room/dump.rdb"
    ends 0 redis-cli -p "$port" debug reload nosave && grep -q OK "$out"
    loaded=$(r info keyspace | sed -n 's/.*keys=\([0-9]*\),.*/\1/p' | awk '{ all += $1 } END { print all }')
    # a byte of an expiry may have been hit: such a key is whole, and a server drops it on loading
    keys=$((keys - $(rdbcat --format keys --ttl expired --ttl-from now "$room/saved.rdb" | wc -l)))
    [ "$loaded" = "$keys" ] || { result 1 "$name: the server has $loaded keys, not $keys"; return; }
    if [ "$3" = strict ]; then
        jobs "$room/saved.rdb" queue:default >"$room/saved.default"
        jobs "$room/saved.rdb" queue:low >"$room/saved.low"
        keeps queue:default "$room/saved.default" "$4" "$2" && keeps queue:low "$room/saved.low" "$4" "$2" ||
            { result 1 "$name: a queue is lost as a whole"; return; }
        [ ! -s "$room/saved.default" ] || in_order "$room/default" "$room/saved.default" $((nodes * node / 120))
        local first=$?
        [ ! -s "$room/saved.low" ] || in_order "$room/low" "$room/saved.low" $((nodes * node / 120))
        [ $? -eq 0 ] && [ $first -eq 0 ] || { result 1 "$name: jobs are missing, or out of order"; return; }
    fi
    result 0 "$name: $keys keys"
}

RANDOM=${SEED:-20}
for kind in zeros ones random bit other; do
    for length in 1 60 900 4096 65536; do
        [ "$kind" = bit ] && length=1
        from=$(((RANDOM * 32768 + RANDOM) % (size - 600 - length) + 300))
        cp "$sound" "$room/bad.rdb"
        blot "$from" "$length" "$kind"
        cmp -s "$sound" "$room/bad.rdb" && continue
        [ "$kind" = other ] && strict=lenient || strict=strict # jobs from elsewhere look like jobs
        survives "$length bytes of $kind at $from" "$length" $strict "$from"
    done
done
for _ in 1 2 3 4 5; do
    cut=$(((RANDOM * 32768 + RANDOM) % (size - 600) + 300))
    head -c "$cut" "$sound" >"$room/bad.rdb"
    rm -f "$room/saved.rdb"
    ends 1 rdbcheck -q --salvage "$room/saved.rdb" "$room/bad.rdb" && ends 0 redis-check-rdb "$room/saved.rdb" &&
        jobs "$room/saved.rdb" queue:default >"$room/saved.default" &&
        { [ ! -s "$room/saved.default" ] || in_order "$room/default" "$room/saved.default" 20000; }
    result $? "cut off at $cut"
done
echo "1..$number"
