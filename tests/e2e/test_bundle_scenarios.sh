#!/bin/bash
# What rdbdiff puts into a bundle, for every scenario of the Sidekiq corpus: exactly the jobs that its truth names. Then a
# real server that is loaded with NEW is restored, twice, and compared with OLD. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck disable=SC2034
tool=rdbdiff
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}/sidekiq
. tests/e2e/server.sh

if [ ! -d "$corpus" ]; then
    skip "the bundle of every scenario" "there is no corpus here"
    echo "1..$number"
    exit 0
fi

# start FOLDER FILE: a server in that folder with the data of the file
start() {
    mkdir -p "$1"
    cp "$2" "$1/dump.rdb"
    server_start "$1"
}

# acts BUNDLE ACT: the jids of its jobs with that act, sorted; without a jid as the corpus names them
acts() {
    [ -d "$1" ] || return 0
    jq -r --arg act "$2" 'select(.act == $act) | .jid // ("raw:" + (.payload.b64 // (.payload | @base64)))' \
        "$1/jobs.ndjson" | while IFS= read -r name; do
        case $name in
        raw:*) echo "raw:$(base64 -d <<<"${name#raw:}" | sha1sum | cut -c1-16)" ;;
        *) echo "$name" ;;
        esac
    done | LC_ALL=C sort
}

expected() { jq -r --arg what "$2" '.expect[$what] // [] | .[]' "$1/truth.json" | LC_ALL=C sort; }

# holds SCENARIO BUNDLE: the acts are those of the truth
holds() {
    local act ok=0
    for act in restore replace push_back; do
        diff <(expected "$1" "$act") <(acts "$2" "$act") >>"$out" || ok=1
    done
    [ -z "$(comm -12 <(expected "$1" must_not_restore) <(acts "$2" restore))" ] && [ $ok = 0 ]
}

# is_whole SCENARIO FILE LOG...: compared with OLD nothing is lost, damaged, stranded, or duplicated that was not before, and
# all queues are in the order that they had in NEW
is_whole() {
    local scenario=$1 file=$2 before
    shift 2
    before=$(rdbdiff --json "$scenario/old.rdb" "$scenario/new.rdb" "$@" |
        jq -c '[.ledger.total.duplicated, [.ledger.places[] | select(.order != "same") | .place]]')
    rdbdiff --json "$scenario/old.rdb" "$file" "$@" >"$out" 2>"$err"
    jq -e --argjson before "$before" '
        .status == "complete" and .log_only.lost == 0 and
        (.ledger.total | .lost == 0 and .damaged == 0 and .stranded == 0 and .duplicated == $before[0]) and
        ([.ledger.places[] | select(.order != "same") | .place] | . == $before[1]) and
        ([.jobs[] | select(.verdict == "changed" and .transition == "irregular")] == [])' "$out" >"$err"
}

# is_same BEFORE AFTER: but for the marks of the bundle; jobs that are stranded in both are told of, where they are
is_same() {
    rdbdiff --json -K 'rdbkit:*' "$1" "$2" >"$out" 2>"$err"
    jq -e '.status == "complete" and (.keys | .changed + .only_old + .only_new == 0) and .ledger.total.order == "same" and
        all(.jobs[]; .verdict == "stranded" and .old.place == .new.place and .old.position == .new.position)' "$out" >"$err"
}

# send FILE: through redis-cli, without an error
send() {
    redis-cli -h 127.0.0.1 -p "$port" --pipe <"$1" >"$out" 2>&1
    grep -q 'errors: 0, ' "$out"
}

pipe() { send "$1/restore.resp"; }

saved() { [ "$(r save)" = OK ] && cp "$room/server/dump.rdb" "$1"; }

try() {
    local scenario=$1 name bundle=$room/lost.jobs log=()
    name=$(basename "$scenario")
    rm -rf "$bundle" "$room/server"
    [ ! -d "$scenario/aof" ] || log=(--log "$scenario/aof")
    : >"$out"
    timeout 60 rdbdiff -q --bundle "$bundle" "$scenario/old.rdb" "$scenario/new.rdb" "${log[@]}" 2>"$err"
    [ $? -le 1 ] && silent && holds "$scenario" "$bundle"
    result $? "$name: the bundle has exactly what was lost"
    if [ -d "$bundle" ]; then
        start "$room/server" "$scenario/new.rdb"
        saved "$room/before.rdb"
        pipe "$bundle" && saved "$room/once.rdb" && is_whole "$scenario" "$room/once.rdb" "${log[@]}"
        result $? "$name: once restored, nothing is lost"
        pipe "$bundle" && saved "$room/twice.rdb" && ends 0 rdbdiff --strict --color never "$room/once.rdb" "$room/twice.rdb"
        result $? "$name: restored again, nothing changes"
        ends 0 rdbbundle verify "$bundle" "$room/twice.rdb"
        result $? "$name: all of it is there, exactly once"
        rdbbundle undo "$bundle" >"$room/undo.resp" && send "$room/undo.resp" && saved "$room/undone.rdb" &&
            is_same "$room/before.rdb" "$room/undone.rdb"
        result $? "$name: undone, it is as it was before"
        server_stop
    fi
}

for scenario in "$corpus"/s*/; do
    try "${scenario%/}"
done
echo "1..$number"
