#!/bin/bash
# Random commands of every family go to a real server that logs them; its log, replayed, must be what the server has, by
# `rdbdiff --strict`. Three kinds of log: commands alone, a base in form of a snapshot with commands behind it, and one
# that was rewritten as commands half way. This server does not log how far a group has read a stream: streams are therefore
# held against what the server itself makes of its log.
# SEED=N tries another one. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbdiff
. tests/e2e/tap.sh
generate=build/release/bin/gen_commands
seed=${SEED:-4} commands=${COMMANDS:-60000}
. tests/e2e/server.sh

# start NAME OPTION...: a server in a folder of its own
start() {
    server_start "$room/$1" --appendonly yes --appendfsync no --databases 3 --auto-aof-rewrite-percentage 0 "${@:2}"
}

send() { redis-cli -p "$port" --pipe <"$1" >"$out" 2>/dev/null; grep -q 'replies: ' "$out"; }

rewrite() {
    r bgrewriteaof >/dev/null
    for _ in {1..200}; do
        r info persistence | grep -q '^aof_rewrite_in_progress:0' && r info persistence |
            grep -q '^aof_rewrite_scheduled:0' && return
        sleep 0.05
    done
}

same() { timeout 120 rdbdiff --strict --only keys --color never "$@" >"$out" 2>"$err"; }

# holds NAME: the log of the server that runs is what it has
holds() {
    local folder=$room/$1
    r save >/dev/null && mv "$folder/dump.rdb" "$folder/live.rdb"
    server_stop
    same -t string,list,set,zset,hash "$folder/appendonlydir" "$folder/live.rdb"
    result $? "$1: the log replayed is what the server has"
    start "$1" --aof-use-rdb-preamble no
    r save >/dev/null && mv "$folder/dump.rdb" "$folder/again.rdb"
    server_stop
    same "$folder/appendonlydir" "$folder/again.rdb"
    result $? "$1: the log replayed is what the server makes of it, streams, too"
}

echo 1..8
"$generate" "$seed" "$commands" >"$room/first" && "$generate" "$((seed + 1000))" "$((commands / 4))" >"$room/second"
result $? "the commands are written (seed $seed)"

start commands --aof-use-rdb-preamble no
send "$room/first"
count=$(r info commandstats | grep -c 'calls=')
[ "$count" -ge 100 ]
result $? "the server ran $count different commands"
holds commands

start preamble --aof-use-rdb-preamble yes
send "$room/first" && rewrite && send "$room/second"
holds preamble

start rewritten --aof-use-rdb-preamble no
send "$room/first" && rewrite && send "$room/second"
holds rewritten
