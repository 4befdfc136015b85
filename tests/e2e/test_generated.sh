#!/bin/bash
# A generated pair with a known difference: the answer is the known one, and the same whatever the size of the list nodes,
# the order of the keys, and whether the files are packed or come through a pipe.
set -u
cd "$(dirname "$0")/../.." || exit 2
rdbdiff=${BIN:-build/bin}/rdbdiff generate=build/release/bin/gen_pair
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

check() { # NAME COMMAND...
    local name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/said" 2>&1; then echo "ok $number - $name"; else
        echo "not ok $number - $name"
        head -n 20 "$work/said" | sed 's/^/# /'
    fi
}

# What the diff says, without what may differ: offsets, positions in the file, paths.
verdicts() { "$rdbdiff" --json "$@" 2>&1 | jq -S '[.ledger.total, .keys, ([.jobs[] | [.verdict, .transition, .jid,
    .old.place, .new.place, .fields]] | sort), ([.diagnosis[].id])]'; }
same_as_first() { verdicts "$@" >"$work/other" && diff "$work/first" "$work/other"; }
total() { jq -e ".[0] | $1" "$work/first"; }

"$generate" --jobs 20000 --keys 4000 --out-old "$work/old.rdb" --out-new "$work/new.rdb" --truth "$work/truth.json" >/dev/null
"$generate" --jobs 20000 --keys 4000 --node-size 1024 --shuffle --out-old "$work/small_old.rdb" --out-new "$work/small_new.rdb" >/dev/null
gzip -k "$work/old.rdb"
zstd -q "$work/new.rdb"

verdicts "$work/old.rdb" "$work/new.rdb" >"$work/first"
check "what was lost is lost, what was doubled is doubled" total '.lost == 12 and .duplicated == 7 and .unaccounted == 300'
check "what moved and changed did" total '.moved == 43 and .changed == 25 and .added == 200 and .unexpected == 0'
check "no queue changed its order" total '.order == "same"'
check "the counters explain all that is gone but what was lost" \
    sh -c "'$rdbdiff' --json '$work/old.rdb' '$work/new.rdb' | jq -e '.accounts[0].at_least_lost == 0'"
check "the same with NEW in small nodes and another order" same_as_first "$work/old.rdb" "$work/small_new.rdb"
check "the same with OLD in small nodes and another order" same_as_first "$work/small_old.rdb" "$work/new.rdb"
check "the same with both in small nodes" same_as_first "$work/small_old.rdb" "$work/small_new.rdb"
check "the same from gzip and zstd" same_as_first "$work/old.rdb.gz" "$work/new.rdb.zst"
check "the same through pipes" same_as_first <(cat "$work/old.rdb") <(cat "$work/new.rdb")
check "the same from standard input" sh -c "cat '$work/new.rdb' | '$rdbdiff' --json '$work/old.rdb' - | jq -e '.ledger.total.lost == 12'"
check "one data set in two forms is the same" "$rdbdiff" --strict "$work/old.rdb" "$work/small_old.rdb"
check "a file is the same as itself" "$rdbdiff" --strict "$work/new.rdb" "$work/new.rdb"
echo "1..$number"
