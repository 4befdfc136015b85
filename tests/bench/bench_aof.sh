#!/usr/bin/env bash
# bench_aof: how long a log takes to be framed and replayed, as ratios to redis-check-aof and to the loading of a real
# server, all from one run of this script; and how much memory a replay of Sidekiq's keys takes as the log grows. First
# the answers are held against the server's: a wrong answer has no speed.
#
#   BIN=DIR   where the tools and the programs of this folder are (build/release/bin)
#   JOBS=N    jobs that end within the log (1000000)
#   RUNS=R    timed rounds; medians count (5)  SEED=S  another log (1)
#   OUT=DIR   where the raw figures are kept (build/bench)
set -euo pipefail
export LC_ALL=C

bin=${BIN:-build/release/bin} jobs=${JOBS:-1000000} runs=${RUNS:-5} seed=${SEED:-1} out=${OUT:-build/bench}
work= server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; wait; [ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

trouble() {
    echo "bench_aof: $1" >&2
    exit 2
}

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || trouble "needs $tool, which is not installed"
    done
    for tool in rdbdiff gen_log aof_frame aof_replay; do
        [ -x "$bin/$tool" ] || trouble "there is no $bin/$tool (build first, or set BIN)"
    done
}

r() { redis-cli -p "$port" "$@" </dev/null 2>/dev/null; }

# The server loads the log; its own word for how long that took, in seconds, goes to $loaded.
serve() {
    mkdir -p "$work/server"
    rm -rf "$work/server/"*
    ln "$log" "$work/server/appendonly.aof"
    for _ in {1..20}; do
        port=$((20000 + RANDOM % 30000))
        redis-server --port "$port" --bind 127.0.0.1 --dir "$work/server" --save '' --appendonly yes \
            --auto-aof-rewrite-percentage 0 --logfile log >/dev/null 2>&1 &
        server=$!
        for _ in {1..2400}; do
            [ "$(r ping)" = PONG ] && break 2
            kill -0 "$server" 2>/dev/null || break
            sleep 0.05
        done
    done
    [ "$(r ping)" = PONG ] || trouble "the server does not load the log: $(tail -n 1 "$work/server/log")"
    loaded=$(sed -n 's/.*DB loaded from base file [^:]*: \([0-9.]*\) seconds.*/\1/p' "$work/server/log")
    [ -n "$loaded" ] || trouble "the server does not say how long it loaded"
}

stop() {
    kill "$server"
    wait "$server" 2>/dev/null || :
    server=
}

# What is replayed must be what the server has.
check_answer() {
    serve
    r save >/dev/null && mv "$work/server/dump.rdb" "$work/truth.rdb"
    stop
    "$bin/rdbdiff" --strict --quiet "$log" "$work/truth.rdb" ||
        trouble "the log replayed is not what the server has (seed $seed)"
}

note() { printf '%s\t%d\t%s\n' "$1" "$2" "$3" >>"$raw"; }

measure() {
    local name=$1 round=$2 start end
    shift 2
    start=$EPOCHREALTIME
    "$@" >/dev/null 2>&1 || trouble "$name ended with status $?"
    end=$EPOCHREALTIME
    note "$name" "$round" "$(awk -v us=$((${end/./} - ${start/./})) 'BEGIN { printf "%.6f", us / 1e6 }')"
}

measure_memory() {
    local name=$1 round=$2
    shift 2
    /usr/bin/time -q -f %M -o "$work/peak" "$@" >/dev/null || trouble "$name ended with status $?"
    note "$name" "$round" "$(($(tail -n 1 "$work/peak") * 1024))"
}

round() {
    measure frame "$1" "$bin/aof_frame" "$log"
    measure redis-check-aof "$1" redis-check-aof "$log"
    measure replay "$1" "$bin/aof_replay" "$log"
    measure sidekiq "$1" "$bin/aof_replay" --sidekiq "$log"
    measure aoflog "$1" "$bin/aoflog" "$log"
    measure cat "$1" cat "$log"
    serve
    note server "$1" "$loaded"
    stop
}

summary() {
    grep -v '^#' "$raw" | sort -t$'\t' -k1,1 -k3,3g | awk -F'\t' '
        { value[$1, ++count[$1]] = $3 }
        function median(name,  n) {
            n = count[name]
            return n % 2 ? value[name, (n + 1) / 2] : (value[name, n / 2] + value[name, n / 2 + 1]) / 2
        }
        function seconds(name, what) {
            printf "%-40s %9.3f s   (%.3f to %.3f)\n", what, median(name), value[name, 1], value[name, count[name]]
        }
        END {
            seconds("frame", "aof_frame: reading and framing")
            seconds("redis-check-aof", "redis-check-aof")
            seconds("replay", "aof_replay: all keys")
            seconds("sidekiq", "aof_replay --sidekiq: its keys, watched")
            seconds("aoflog", "aoflog")
            seconds("server", "the server, loading (its own word)")
            seconds("cat", "cat > /dev/null")
            print ""
            printf "redis-check-aof / framing            %9.2f\n", median("redis-check-aof") / median("frame")
            printf "server loading / replay of all keys  %9.2f\n", median("server") / median("replay")
            printf "server loading / replay of Sidekiq   %9.2f\n", median("server") / median("sidekiq")
            printf "framing / cat                        %9.2f\n", median("frame") / median("cat")
            print ""
            printf "peak memory, replay of Sidekiq, a quarter of the log  %7.1f MiB\n", median("peak-quarter") / 1048576
            printf "peak memory, replay of Sidekiq, the whole log         %7.1f MiB\n", median("peak-whole") / 1048576
        }'
}

need awk redis-check-aof redis-server redis-cli
work=$(mktemp -d)
log=$work/log.aof
mkdir -p "$out"
raw=$out/bench-aof-$(date -u +%Y%m%dT%H%M%SZ).tsv

"$bin/gen_log" "$seed" "$jobs" >"$log"
"$bin/gen_log" "$seed" "$((jobs / 4))" >"$work/quarter.aof"
check_answer
{
    printf '# a log of %s jobs, seed %s, %s bytes\n' "$jobs" "$seed" "$(stat -c %s "$log")"
    printf '# %s, revision %s, %s processors, load %s\n' "$(date -u +%FT%TZ)" \
        "$(git describe --always --dirty 2>/dev/null || echo unknown)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
    printf '# what\tround\tseconds, or bytes\n'
} >"$raw"
cat "$log" >/dev/null # so that every command finds it in memory
measure_memory peak-quarter 1 "$bin/aof_replay" --sidekiq "$work/quarter.aof"
measure_memory peak-whole 1 "$bin/aof_replay" --sidekiq "$log"
for ((i = 1; i <= runs; i++)); do
    round "$i"
done
printf 'a log of %s jobs, %s bytes; the state is right; medians of %d rounds\n\n' "$jobs" "$(stat -c %s "$log")" "$runs"
summary
printf '\nraw figures: %s\n' "$raw"
