#!/bin/bash
# run: builds everything and runs every test; prints what failed, and at last "N passed, N failed".
# Unit tests and seeds run under the address and undefined behaviour sanitizers, the tools as they are released.
# Every test program speaks TAP; a program that ends in the middle, or with a sanitizer's report, is a failure.
set -u
cd "$(dirname "$0")/.." || exit 2
export RDBKIT_CORPUS="${RDBKIT_CORPUS:-$(cd .. && pwd)/shared/corpus}"
[ -d "$RDBKIT_CORPUS" ] || export RDBKIT_CORPUS=
jobs=$(nproc)
logs=build/logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0

say() { printf '%s\n' "$*"; }

# step NAME COMMAND...: one thing that must succeed, counted as a test
step() {
    local name=$1 log
    shift
    log=$logs/$(tr -c 'a-zA-Z0-9\n' _ <<<"$name").log
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1)); say "ok - $name"
    else
        failed=$((failed + 1)); say "not ok - $name"; tail -n 25 "$log" | sed 's/^/# /'
    fi
}

# tally NAME LOG STATUS: counts the TAP lines of a program that has run
tally() {
    local name=$1 log=$2 status=$3 planned ok not skip
    planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | tail -n 1)
    skip=$(grep -ac '^ok .*# [Ss][Kk][Ii][Pp]' "$log")
    ok=$(($(grep -ac '^ok ' "$log") - skip))
    not=$(grep -ac '^not ok ' "$log")
    passed=$((passed + ok)) failed=$((failed + not)) skipped=$((skipped + skip))
    if [ "$status" -ne 0 ] && [ "$not" -eq 0 ] || [ "${planned:-x}" != $((ok + not + skip)) ]; then
        failed=$((failed + 1))
        say "not ok - $name ran to its end (status $status, planned ${planned:-nothing}, saw $((ok + not + skip)))"
        tail -n 40 "$log" | sed 's/^/# /'
    else
        say "$name: $ok passed, $not failed, $skip skipped"
    fi
    grep -a -A 8 '^not ok ' "$log" | sed 's/^/# /' | head -n 60
}

run_all() { # each argument: a command line; they run side by side
    local i=0 line name
    for line in "$@"; do
        i=$((i + 1))
        printf '%s\0' "$i" "$line"
    done | xargs -0 -n 2 -P "$jobs" bash -c 'timeout 900 bash -c "$2" >"$0/$1.tap" 2>&1; echo $? >"$0/$1.status"' "$logs"
    i=0
    for line in "$@"; do
        i=$((i + 1))
        name=$(sed -e 's,^build/[a-z]*/\([^ ]*\).*,\1,' -e 's,^BIN=\([^ ]*\) \([^ ]*\).*,\2 with \1,' <<<"$line")
        tally "$name" "$logs/$i.tap" "$(cat "$logs/$i.status")"
    done
}

export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
step "the tools build with $(${CC:-cc} --version | head -n 1 | cut -d' ' -f1)" make -s -j"$jobs" all
if command -v clang >/dev/null; then
    step "everything builds with clang" make -s -j"$jobs" CC=clang VARIANT=release BUILD=build/clang all unit replay benches
else
    skipped=$((skipped + 1)); say "ok - everything builds with clang # SKIP no clang"
fi
step "the tests build under sanitizers" make -s -j"$jobs" VARIANT=asan all unit replay
step "the benchmarks build" make -s -j"$jobs" benches
if [ "$failed" -gt 0 ]; then
    say "$passed passed, $failed failed, $skipped skipped"
    exit 1
fi

commands=()
for program in build/asan/tests/unit/*/test_*; do
    case $program in *.o | *.d) ;; *) commands+=("$program") ;; esac
done
for program in build/asan/replay/*; do
    seeds=(tests/fuzz/seeds/"$(basename "$program")"/*)
    commands+=("$program ${seeds[*]@Q}")
done
for script in tests/e2e/test_*.sh; do
    commands+=("BIN=build/bin $script" "BIN=build/asan/bin $script")
done
run_all "${commands[@]}"
[ -n "$RDBKIT_CORPUS" ] || say "the corpus is not here: $skipped tests were skipped"
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
