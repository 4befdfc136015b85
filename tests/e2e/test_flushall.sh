#!/bin/bash
# The README's path from FLUSHALL to restored, line by line as it stands there, on a real server that logs: what was
# flushed is given back once and in order, beside what came in since, also when the stream is sent twice. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbdiff
readme=$PWD/README.md
. tests/e2e/tap.sh
. tests/e2e/server.sh

mkdir "$room/path" "$room/work"
server_start "$room/redis" --appendonly yes --appendfsync no

# Saves, once the transfer that --rdb asked for is over.
save() {
    for _ in {1..100}; do
        [ "$(r save)" = OK ] && return
        sleep 0.05
    done
    return 1
}

# The README's lines call redis-cli without a port.
printf '#!/bin/sh\nexec %s -p %s "$@"\n' "$(command -v redis-cli)" "$port" >"$room/path/redis-cli"
chmod +x "$room/path/redis-cli"

job() { # NUMBER QUEUE
    printf '{"retry":true,"queue":"%s","class":"PathJob","args":[%d,"\u00fc"],"jid":"%024x","created_at":%d.5,"enqueued_at":%d.5}' \
        "$2" "$1" "$1" 1795420000 1795420000
}

r sadd queues default low >/dev/null
for i in 1 2 3 4 5 6; do r lpush queue:default "$(job "$i" default)" >/dev/null; done
for i in 7 8; do r lpush queue:low "$(job "$i" low)" >/dev/null; done
r zadd schedule 4102444800.25 "$(job 9 low)" >/dev/null
r zadd retry 1795420100.125 "$(job 10 low)" >/dev/null
r lrange queue:default 0 -1 >"$room/default"
r lrange queue:low 0 -1 >"$room/low"
r flushall >/dev/null
r sadd queues default >/dev/null
for i in 21 22; do r lpush queue:default "$(job "$i" default)" >/dev/null; done
r lrange queue:default 0 -1 >"$room/since"
cat "$room/since" "$room/default" >"$room/wanted"

sed -n '/^## From FLUSHALL/,/^## /p' "$readme" | sed -n "s|^    ||p" | sed "s|/var/lib/redis|$room/redis|" >"$room/steps"
[ "$(wc -l <"$room/steps")" -eq 8 ]
result $? "the README has its eight steps"
cd "$room/work" || exit 2
while IFS= read -r step; do
    PATH=$room/path:$PATH bash -o pipefail -c "$step" >"$out" 2>"$err" </dev/null
    status=$?
    # the two that find something say so by their exit status
    case $step in aoflog* | rdbdiff*) [ "$status" -eq 1 ] ;; *) [ "$status" -eq 0 ] ;; esac
    result $? "${step%% *} ...: ${step##*# }"
done <"$room/steps"
r lrange queue:default 0 -1 | diff - "$room/wanted" >"$out"
result $? "the lost jobs are next to run, in order, before those that came since"
r lrange queue:low 0 -1 | diff - "$room/low" >"$out"
result $? "a queue that was gone is as it was"
[ "$(r zscore schedule "$(job 9 low)")" = 4102444800.25 ] && [ "$(r zscore retry "$(job 10 low)")" = 1795420100.125 ] &&
    [ "$(r sismember queues low)" = 1 ]
result $? "scores, and the names of queues"
save && cp "$room/redis/dump.rdb" "$room/first.rdb"
rdbbundle restore lost.jobs | command redis-cli -p "$port" --pipe >"$out" 2>&1
save && rdbdiff --strict "$room/first.rdb" "$room/redis/dump.rdb" >"$out" 2>&1
result $? "sent a second time it changes nothing"
rdbdiff copy@before:FLUSHALL "$room/redis/dump.rdb" >"$out" 2>"$err"
result $? "nothing that was there before is lost, or there twice"
echo "1..$number"
