#!/bin/bash
# Who can load it, asked of rdbcheck and of real servers: every snapshot of the corpus is given to the redis-server that is
# installed here, and to those in RDBKIT_SERVERS (a line each: TARGET and the command that starts it). TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck disable=SC2034
tool=rdbcheck
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}

# loads FILE COMMAND...: does the server come up with that snapshot?
loads() {
    local file=$1 server answer=1 folder=$room/server
    shift
    rm -rf "$folder"
    mkdir "$folder"
    case $file in *.gz) zcat "$file" >"$folder/dump.rdb" ;; *) cp "$file" "$folder/dump.rdb" ;; esac
    : >"$out" # what the server before has said must not be taken for an answer
    "$@" --port 0 --unixsocket "$folder/socket" --dir "$folder" --save '' --appendonly no --logfile '' >"$out" 2>&1 &
    server=$!
    for _ in {1..600}; do
        if grep -qi 'ready to accept connections' "$out"; then
            answer=0
            break
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.02
    done
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    return "$answer"
}

# compare TARGET FILE COMMAND...
compare() {
    local target=$1 file=$2 said=loads answer=loads
    shift 2
    loads "$file" "$@" || said=refuses
    rdbcheck --json --for "$target" "$file" 2>"$err" | jq -e '.files[0].targets[0].loads' >/dev/null || answer=refuses
    [ "$said" = "$answer" ] || echo "# $target $said it, rdbcheck says that it $answer it"
    [ "$said" = "$answer" ]
    result $? "$target $said $(basename "$file")"
}

servers=()
if version=$(redis-server --version 2>/dev/null | sed -n 's/.*v=\([0-9]*\.[0-9]*\).*/\1/p') && [ -n "$version" ]; then
    servers+=("redis:$version redis-server")
fi
while IFS= read -r line; do
    [ -z "$line" ] || servers+=("$line")
done <<<"${RDBKIT_SERVERS:-}"
if [ "${#servers[@]}" -eq 0 ] || [ -z "$corpus" ] || [ ! -d "$corpus/rdb" ]; then
    skip "what real servers load" "there is no server or no corpus here"
else
    for server in "${servers[@]}"; do
        read -ra words <<<"$server"
        for file in "$corpus"/rdb/*.rdb "$corpus"/rdb/*.rdb.gz; do
            compare "${words[0]}" "$file" "${words[@]:1}"
        done
    done
fi
echo "1..$number"
