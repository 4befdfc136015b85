#!/usr/bin/env bash
# bench: how long rdbdiff takes for a large pair, and rdbcat and rdbcheck for one file of it, as ratios to reading the
# same bytes in other ways, all from one run of this script. First the answers are held against what is known: a wrong
# answer has no speed.
#
#   BIN=DIR   where the tools and gen_pair are (build/release/bin)
#   JOBS=N    jobs in OLD (1000000)            KEYS=K  other keys (200000)
#   RUNS=R    timed rounds; medians count (5)  SEED=S  other jobs and keys (1)
#   PAIR=OPT  more options for gen_pair, such as --shuffle
#   OUT=DIR   where the raw figures are kept (build/bench)
set -euo pipefail
export LC_ALL=C

bin=${BIN:-build/release/bin} jobs=${JOBS:-1000000} keys=${KEYS:-200000} runs=${RUNS:-5} seed=${SEED:-1}
out=${OUT:-build/bench}
read -ra pair <<<"${PAIR:-}"
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

trouble() {
    echo "bench: $1" >&2
    exit 2
}

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || trouble "needs $tool, which is not installed"
    done
    for tool in rdbdiff rdbcat rdbcheck gen_pair; do
        [ -x "$bin/$tool" ] || trouble "there is no $bin/$tool (build first, or set BIN)"
    done
    [ -x /usr/bin/time ] || trouble "needs /usr/bin/time, which is not installed"
    [[ $runs =~ ^[1-9][0-9]*$ ]] || trouble "RUNS is '$runs', not a number above 0"
}

# The ledger of rdbdiff --json against the truth of gen_pair: one line for each fact that is not as it must be.
# Two snapshots cannot tell a finished job from one that was lost while workers were busy, but no score that lies
# ahead is ever reached: those jobs are lost for sure.
wrong_facts() {
    jq -rn --slurpfile truth "$work/truth.json" --slurpfile report "$work/report.json" '
        def expect(name; got; ok; want):
            if (got | type) == "number" and ok then empty
            else "\(name) is \(got | tojson), expected \(want)" end;
        def is(name; got; want): expect(name; got; got == want; want);
        def at_least(name; got; want): expect(name; got; got >= want; "at least \(want)");
        $truth[0] as $t | $t.counts as $c | $report[0].ledger.total as $l | $report[0].keys as $k |
        is("old"; $l.old; $t.old.jobs),
        is("new"; $l.new; $t.new.jobs),
        is("changed"; $l.changed; $c.payload_changed),
        is("moved"; $l.moved; $c.moved + $c.misrouted),
        is("duplicated"; $l.duplicated; $c.duplicated),
        is("added"; $l.added; $c.new),
        at_least("lost"; $l.lost; $c.lost),
        is("lost + unaccounted + finished"; $l.lost + $l.unaccounted + $l.finished; $c.lost + $c.finished),
        expect("kept"; $l.kept; $l.kept == $c.unchanged or $l.kept == $c.unchanged + $c.duplicated;
               "\($c.unchanged), with or without the \($c.duplicated) that were duplicated"),
        (("rescheduled", "in_progress", "stranded", "removed", "trimmed", "damaged", "resurrected", "unexpected")
            as $name | is($name; $l[$name]; 0)),
        at_least("keys.changed"; $k.changed; $t.keys.counts.changed),
        at_least("keys.only_old"; $k.only_old; $t.keys.counts.removed),
        at_least("keys.only_new"; $k.only_new; $t.keys.counts.added),
        at_least("keys.equal"; $k.equal; $t.keys.counts.equal)'
}

check_answer() {
    local status=0 wrong
    "$bin/rdbdiff" --json "$old" "$new" >"$work/report.json" || status=$?
    [ "$status" = 1 ] || trouble "rdbdiff --json ended with status $status, not 1 (differences)"
    wrong=$(wrong_facts) || trouble "the report of rdbdiff --json cannot be read"
    [ -z "$wrong" ] || trouble "rdbdiff gives a wrong answer (seed $seed):"$'\n'"$wrong"
}

# What rdbcat writes, against what rdbdiff counted in the same file: the keys, and the jobs in some places. Each line is
# JSON, as a sample shows.
check_cat() {
    local keys lines wrong
    keys=$(jq '.inputs[] | select(.role == "old") | .keys' "$work/report.json")
    lines=$("$bin/rdbcat" "$old" | wc -l)
    [ "$lines" = "$keys" ] || trouble "rdbcat writes $lines lines for $keys keys"
    "$bin/rdbcat" --limit 1000 "$old" | jq -es 'length == 1000 and all(.key and .type and has("value"))' >/dev/null ||
        trouble "what rdbcat writes is not what it should be"
    wrong=$("$bin/rdbcat" -k schedule -k retry -k dead -k queue:default "$old" |
        jq -c '{key, count: (.value | length)}' | jq -rs --slurpfile report "$work/report.json" '
            ([$report[0].ledger.places[] | {(.place): .old}] | add) as $places |
            .[] | select($places[.key] != .count) | "rdbcat shows \(.count) jobs in \(.key), not \($places[.key])"')
    [ -z "$wrong" ] || trouble "$wrong"
}

# The file is whole, and rdbcheck must say so.
check_check() {
    "$bin/rdbcheck" "$old" >/dev/null || trouble "rdbcheck ended with status $?, not 0 (whole)"
}

# One timed run: appends "name <TAB> round <TAB> seconds" to the raw figures. rdbdiff says 1 when there are
# differences, and there are.
measure() {
    local name=$1 round=$2 status=0 start end
    shift 2
    start=$EPOCHREALTIME
    "$@" >/dev/null || status=$?
    end=$EPOCHREALTIME
    [ "$status" = 0 ] || [ "$name$status" = rdbdiff1 ] || trouble "$name ended with status $status"
    awk -v name="$name" -v round="$round" -v us=$((${end/./} - ${start/./})) \
        'BEGIN { printf "%s\t%d\t%.6f\n", name, round, us / 1e6 }' >>"$raw"
}

# Appends the peak of resident memory of a tool in bytes.
measure_memory() {
    local name=$1 round=$2 status=0
    shift 2
    /usr/bin/time -q -f %M -o "$work/peak" "$bin/$name" "$@" >/dev/null || status=$?
    [ "$status" = 0 ] || [ "$name$status" = rdbdiff1 ] || trouble "$name ended with status $status"
    printf '%s-peak-bytes\t%d\t%d\n' "$name" "$round" "$(($(tail -n 1 "$work/peak") * 1024))" >>"$raw"
}

round() {
    measure rdbdiff "$1" "$bin/rdbdiff" "$old" "$new"
    measure xxhsum "$1" xxhsum -q -H3 "$old" "$new"
    measure redis-check-rdb "$1" redis-check-rdb "$old"
    measure rdbcat "$1" "$bin/rdbcat" "$old"
    measure rdbcheck "$1" "$bin/rdbcheck" "$old"
    measure cat "$1" cat "$old" "$new"
    measure_memory rdbdiff "$1" "$old" "$new"
    measure_memory rdbcat "$1" "$old"
    measure_memory rdbcheck "$1" "$old"
}

header() {
    printf '# rdbdiff, rdbcat and rdbcheck on %s jobs, %s other keys, seed %s %s\n' "$jobs" "$keys" "$seed" "${pair[*]}"
    printf '# %s, revision %s, %s processors, load %s\n' "$(date -u +%FT%TZ)" \
        "$(git describe --always --dirty 2>/dev/null || echo unknown)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
    printf '# %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    printf '# OLD %s bytes, NEW %s bytes\n' "$(stat -c %s "$old")" "$(stat -c %s "$new")"
    printf '# what\tround\tseconds, or bytes\n'
}

# Medians, ratios and the memory a job, from the raw figures alone.
summary() {
    grep -v '^#' "$raw" | sort -t$'\t' -k1,1 -k3,3g | awk -F'\t' -v jobs="$jobs" '
        { value[$1, ++count[$1]] = $3 }
        function median(name,  n) {
            n = count[name]
            return n % 2 ? value[name, (n + 1) / 2] : (value[name, n / 2] + value[name, n / 2 + 1]) / 2
        }
        function seconds(name, what) {
            printf "%-34s %9.3f s   (%.3f to %.3f)\n", what, median(name), value[name, 1], value[name, count[name]]
        }
        function memory(name) {
            printf "%-34s %9.1f MiB\n", "peak memory of " name, median(name "-peak-bytes") / 1048576
        }
        END {
            seconds("rdbdiff", "rdbdiff OLD NEW")
            seconds("xxhsum", "xxhsum -H3 OLD NEW")
            seconds("redis-check-rdb", "redis-check-rdb OLD")
            seconds("rdbcat", "rdbcat OLD > /dev/null")
            seconds("rdbcheck", "rdbcheck OLD")
            seconds("cat", "cat OLD NEW > /dev/null")
            memory("rdbdiff")
            memory("rdbcat")
            memory("rdbcheck")
            print ""
            printf "rdbdiff / xxhsum -H3 OLD NEW       %9.2f\n", median("rdbdiff") / median("xxhsum")
            printf "rdbdiff / redis-check-rdb OLD      %9.2f\n", median("rdbdiff") / median("redis-check-rdb")
            printf "rdbdiff / cat OLD NEW              %9.2f\n", median("rdbdiff") / median("cat")
            printf "rdbcat OLD / redis-check-rdb OLD   %9.2f\n", median("rdbcat") / median("redis-check-rdb")
            printf "rdbcheck OLD / redis-check-rdb OLD %9.2f\n", median("rdbcheck") / median("redis-check-rdb")
            printf "(peak memory - 32 MiB) / jobs      %9.1f bytes\n",
                   (median("rdbdiff-peak-bytes") - 32 * 1048576) / jobs
        }'
}

need jq awk xxhsum redis-check-rdb
work=$(mktemp -d)
old=$work/old.rdb new=$work/new.rdb
mkdir -p "$out"
raw=$out/bench-$(date -u +%Y%m%dT%H%M%SZ).tsv

"$bin/gen_pair" --jobs "$jobs" --keys "$keys" --seed "$seed" --out-old "$old" --out-new "$new" \
    --truth "$work/truth.json" "${pair[@]}"
check_answer
check_cat
check_check
header >"$raw"
cat "$old" "$new" >/dev/null # so that every command finds the files in memory
for ((i = 1; i <= runs; i++)); do
    round "$i"
done
printf '%s jobs and %s other keys, OLD %s bytes, NEW %s bytes; the answer is right; medians of %d rounds\n\n' \
    "$jobs" "$keys" "$(stat -c %s "$old")" "$(stat -c %s "$new")" "$runs"
summary
printf '\nraw figures: %s\n' "$raw"
