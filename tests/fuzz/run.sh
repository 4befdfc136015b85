#!/bin/bash
# run: every fuzz target for a given time, one after the other. FOLDER holds the fuzzers, SECONDS is for each.
# What is found stays in build/findings/; a finding that is mended becomes a seed with a telling name.
set -u
folder=$1 seconds=$2 bad=0
cd "$(dirname "$0")/../.." || exit 2
for program in "$folder"/*; do
    name=$(basename "$program")
    work=build/fuzz/corpus/$name
    mkdir -p "$work" build/findings
    echo "== $name, $seconds s"
    "$program" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/findings/$name-" "$work" "tests/fuzz/seeds/$name" 2>&1 |
        grep -E 'ERROR|SUMMARY|Test unit written|stat::number_of_executed_units|stat::peak_rss' 
    [ "${PIPESTATUS[0]}" -eq 0 ] || bad=$((bad + 1))
done
echo "$bad targets with findings"
[ "$bad" -eq 0 ]
