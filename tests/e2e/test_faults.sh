#!/bin/bash
# Faults made in a real server: it loads a snapshot, something happens to it, it saves again; rdbdiff must say what. A row
# is a name, what is done, and all that the report must then say; whatever a row does not name must not have happened.
set -u
cd "$(dirname "$0")/../.." || exit 2
rdbdiff=${BIN:-build/bin}/rdbdiff
room=$(mktemp -d)
number=0
. tests/e2e/server.sh

# ---- the server ---------------------------------------------------------------------------------------------------

lua() { r eval "$1" 0 "${@:2}"; }

start() { server_start "$room" --appendonly no --enable-debug-command yes "$@"; }

restore() { cp "$1" "$room/dump.rdb" && r debug reload nosave >/dev/null; } # what the server holds becomes this snapshot
save() { r save >/dev/null && cp "$room/dump.rdb" "$1"; }

# Makes $base of a real snapshot: as if it had been taken just now, and without processes.
base_of() { # FOLDER CTIME
    restore "testdata/sidekiq/$1/old.rdb"
    lua 'local later = tonumber(ARGV[1])
         for _, set in ipairs({"schedule", "retry", "dead"}) do
             local all = redis.call("zrange", set, 0, -1, "withscores")
             for i = 1, #all, 2 do redis.call("zadd", set, string.format("%.6f", all[i + 1] + later), all[i]) end
         end
         for _, key in ipairs(redis.call("keys", "*")) do
             if redis.call("ttl", key) >= 0 then redis.call("del", key) end
         end
         redis.call("hset", "config", "colour", "blue", "size", "10")
         redis.call("set", "cache:1", "one")' $(($(date +%s) - $2)) >/dev/null
    base=$room/$1.rdb
    base_time=$(date +%s)
    save "$base"
}

# ---- what a row may do ---------------------------------------------------------------------------------------------

now() { date +%s.%6N; }
jids() { jq -r .jid; }
is() { r "${@:2}" | jids | sed "s/^/$1 /" >>"$room/expected"; } # is VERDICT COMMAND...: those jobs, as they are before the fault
queues() { r smembers queues | sort | sed 's/^/queue:/'; }
each_queue() { for queue in $(queues); do "$@" "$queue"; done; } # each_queue FUNCTION ARGUMENT...
job() { # job JID QUEUE [FIELDS]: a payload as Sidekiq 7 writes it
    echo "{\"retry\":true,\"queue\":\"$2\",\"class\":\"NewJob\",\"args\":[1],\"jid\":\"$1\",\"created_at\":$(now),${3:-}\"enqueued_at\":$(now)}"
}

ltrim() { is lost lrange "$2" "$1" -1; r ltrim "$2" 0 $(($1 - 1)); }
reverse() { lua 'local all = redis.call("lrange", ARGV[1], 0, -1) redis.call("del", ARGV[1])
                 for _, item in ipairs(all) do redis.call("lpush", ARGV[1], item) end' "$1"; }
push_again() { lua 'for _, item in ipairs(redis.call("lrange", ARGV[1], 0, -1)) do redis.call("rpush", ARGV[1], item) end' "$1"; }
respell() { # respell SET keep|replace: the same JSON with a space in it
    lua 'local all = redis.call("zrange", ARGV[1], 0, -1, "withscores")
         for i = 1, #all, 2 do
             if ARGV[2] == "replace" then redis.call("zrem", ARGV[1], all[i]) end
             redis.call("zadd", ARGV[1], all[i + 1], (string.gsub(all[i], "^{", "{ ")))
         end' "$1" "$2"
}
rescore() { # rescore SET FORMAT FACTOR
    lua 'local all = redis.call("zrange", ARGV[1], 0, -1, "withscores")
         for i = 1, #all, 2 do redis.call("zadd", ARGV[1], string.format(ARGV[2], all[i + 1] * ARGV[3]), all[i]) end' "$@"
}
rename_all() { # rename_all OLD NEW: the prefix of every key
    lua 'for _, key in ipairs(redis.call("keys", ARGV[1] .. "*")) do
             redis.call("rename", key, ARGV[2] .. string.sub(key, #ARGV[1] + 1))
         end' "$1" "$2"
}
copy_all() { # copy_all OLD NEW: every key without a colon before `queue`, once more under another prefix
    lua 'for _, key in ipairs(redis.call("keys", "*")) do
             if string.sub(key, 1, #ARGV[1]) == ARGV[1] then
                 redis.call("copy", key, ARGV[2] .. string.sub(key, #ARGV[1] + 1))
             end
         end' "$1" "$2"
}
process() { # process IDENTITY BEAT PAYLOAD: a process with one job in hand
    r sadd processes "$1"
    r hset "$1" info "{\"hostname\":\"web\",\"pid\":7,\"concurrency\":1,\"queues\":[\"mailers\"],\"identity\":\"$1\"}" busy 1 beat "$2" quiet false
    r hset "$1:work" abc "$(jq -cn --arg p "$3" '{queue: "mailers", payload: $p, run_at: 1}')"
}
rewrite() { # the same data in other encodings
    for pair in "$@"; do r config set ${pair/=/ }; done
    lua 'for _, key in ipairs(redis.call("keys", "*")) do
             local kind = redis.call("type", key).ok
             if kind == "list" then
                 local all = redis.call("lrange", key, 0, -1)
                 redis.call("del", key)
                 for _, item in ipairs(all) do redis.call("rpush", key, item) end
             elseif kind == "zset" then
                 local all = redis.call("zrange", key, 0, -1, "withscores")
                 redis.call("del", key)
                 for i = 1, #all, 2 do redis.call("zadd", key, all[i + 1], all[i]) end
             elseif kind == "hash" then
                 local all = redis.call("hgetall", key)
                 redis.call("del", key)
                 for i = 1, #all, 2 do redis.call("hset", key, all[i], all[i + 1]) end
             end
         end'
    r debug reload
}

# ---- a row ---------------------------------------------------------------------------------------------------------

result() { # STATUS NAME
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

# All that a report says but for what is as it was: `exit=1 lost=47 why=counters_still ...`, one word a line.
facts() { jq -r '
    def named: map(select(. != null)) | unique | join(",");
    ((.ledger.total // {} | del(.old, .new, .kept, .moved_in, .out_of_order, .irregular, .order)),
    (.keys // {} | {changed_keys: .changed, only_old, only_new, expired}),
    { order: [.ledger.places[]? | select(.order == "changed")] | length,
      reversed: [.ledger.places[]? | select(.reversed)] | length,
      at_least_lost: [.accounts[]?.at_least_lost] | add, lagging: [.accounts[]? | select(.lagging)] | length,
      stranded_new: [.jobs[]? | select(.verdict != "stranded" and .stranded)] | length,
      why: [.jobs[]?.why] | named, steps: [.jobs[]?.transition] | named,
      diagnosis: [.diagnosis[].id] | named, notes: [.notes[].id | select(. != "older")] | named } # "older" depends on how fast this runs
    | to_entries[] | select(.value != 0 and .value != "" and .value != null) | "\(.key)=\(.value)"),
    "exit=\(.exit)"' "$1" | sort; }

# Every row and the total must balance, as the manual says.
balances() { jq -e '[.ledger.places[]?, .ledger.total // empty | .gone = .finished + .removed + .trimmed + .lost + .unaccounted
    | (.old == .kept + .rescheduled + .changed + .moved + .in_progress + .stranded + .damaged + .gone) and
      (.place or .new == .old - .gone + .duplicated + .resurrected + .added + .unexpected)] | all' "$1" >/dev/null; }

compare() { # NAME EXPECT OPTION... OLD NEW: expects those words, and as many jobs of a verdict as `is` has named
    local name=$1 expect=$2 status
    shift 2
    timeout 100 "$rdbdiff" --json "$@" >"$room/report" 2>"$room/said"
    status=$?
    sort -o "$room/expected" "$room/expected"
    { tr -s ' ' '\n' <<<"$expect"
      cut -d' ' -f1 "$room/expected" | uniq -c | while read -r count verdict; do echo "$verdict=$count"; done
    } | grep . | sort -u >"$room/wanted"
    jq -r --arg of "$(cut -d' ' -f1 "$room/expected" | uniq)" \
        '.jobs[]? | select(.verdict | IN($of | split("\n")[])) | "\(.verdict) \(.jid)"' "$room/report" | sort >"$room/told"
    { facts "$room/report" | diff "$room/wanted" -
      diff "$room/expected" "$room/told"
      balances "$room/report" || echo "the ledger does not balance"
      [ "$status" = "$(jq .exit "$room/report")" ] || echo "exit status $status"
      cat "$room/said"
    } >"$room/wrong"
    [ ! -s "$room/wrong" ]
    result $? "$name"
    head -n 15 "$room/wrong" | sed 's/^/# /'
    [ -z "${SHOW:-}" ] || "$rdbdiff" "$@" | sed 's/^/# /' # for whoever looks into it
}

given() { restore "$base"; eval "$1" >/dev/null; save "$room/given.rdb"; } # for the next row alone: another OLD

fault() { # NAME FAULT EXPECT [OPTION...]
    local name=$1 what=$2 expect=$3 old=$base
    shift 3
    if [ -e "$room/given.rdb" ]; then
        old=$room/old.rdb
        mv "$room/given.rdb" "$old"
    else
        restore "$base"
    fi
    : >"$room/expected"
    eval "$what" >/dev/null
    save "$room/new.rdb"
    compare "$name" "$expect" "$@" "$old" "$room/new.rdb"
}

start
base_of lost_tail 1795419812

# ---- nothing happened ----------------------------------------------------------------------------------------------

fault "nothing at all" : "exit=0" --strict
fault "the counters moved, and every job is there" 'r incrby stat:processed 7; r incrby stat:failed 2' "exit=0" --strict
for settings in "list-max-listpack-size=3 list-compress-depth=1 rdbcompression=no" \
    "list-max-listpack-size=-5 list-compress-depth=0 zset-max-listpack-entries=1000 zset-max-listpack-value=100000" \
    "list-max-listpack-size=-2 rdbcompression=yes hash-max-listpack-entries=0 zset-max-listpack-entries=0"; do
    fault "other encodings: $settings" 'rewrite $settings' "exit=0" --strict
done
r config set zset-max-listpack-entries 128 zset-max-listpack-value 64 hash-max-listpack-entries 128 >/dev/null
fault "another database" 'for key in $(r keys "*"); do r move "$key" 3; done' "exit=0 notes=other_layout" --strict
fault "another prefix" 'rename_all "" app:' "exit=0 notes=other_layout" --strict
given 'rename_all "" app:'
fault "no prefix any more" 'restore "$room/old.rdb"; rename_all app: ""' "exit=0 notes=other_layout" --strict

# ---- queues and sets are gone --------------------------------------------------------------------------------------

fault "one queue is deleted" 'is lost lrange queue:mailers 0 -1; r del queue:mailers' \
    "exit=1 why=counters_still diagnosis=queues_gone"
fault "the retry set is deleted" 'is lost zrange retry 0 -1; r del retry' "exit=1 why=counters_still diagnosis=sets_skipped"
fault "all sorted sets are unlinked" 'for set in schedule retry dead; do is lost zrange $set 0 -1; r unlink $set; done' \
    "exit=1 why=counters_still diagnosis=sets_skipped"
fault "FLUSHALL" 'r flushall' "exit=1 lost=489 only_old=3 why=place_gone diagnosis=emptied"
fault "FLUSHALL, and refilled" 'r flushall; r sadd queues default; r lpush queue:default "$(job f1 default)" "$(job f2 default)"
    r set stat:processed 3' "exit=1 unaccounted=428 lost=61 added=2 only_old=2 changed_keys=1 why=counters_back,dead_does_not_run,not_due diagnosis=older_state"
fault "each list is cut at 10" 'each_queue ltrim 10' "exit=1 why=counters_still diagnosis=page_limit"
fault "jobs are gone, and no counter moved" 'is lost lrange queue:mailers -5 -1; r rpop queue:mailers 5' \
    "exit=1 why=counters_still"
fault "jobs are gone, as many as were processed" 'is unaccounted lrange queue:mailers -5 -1; r rpop queue:mailers 5
    r incrby stat:processed 5' "exit=1 why=may_have_run"
fault "jobs are gone, more than were processed" 'is unaccounted lrange queue:mailers -5 -1; r rpop queue:mailers 5
    r incrby stat:processed 3' "exit=1 at_least_lost=2 why=may_have_run"
fault "jobs are gone from the schedule, before their time, while others ran" 'is unaccounted lrange queue:mailers -1 -1
    is lost zrange schedule 10 19; r zremrangebyrank schedule 10 19; r rpop queue:mailers; r incrby stat:processed 4' \
    "exit=1 why=may_have_run,not_due"
fault "one from the middle of a queue, one from its head" 'is lost lindex queue:mailers 20; is lost lindex queue:mailers 0
    r lrem queue:mailers 1 "$(r lindex queue:mailers 20)"; r lpop queue:mailers' "exit=1 why=counters_still"
fault "a job is replaced by another of the same class and arguments" 'is lost lindex queue:mailers 3
    r lset queue:mailers 3 "$(r lindex queue:mailers 3 | sed "s/\"jid\":\"..../\"jid\":\"abcd/")"' \
    "exit=1 unexpected=1 why=counters_still"

fault "a queue is overwritten with a string" 'is lost lrange queue:low 0 -1; r set queue:low x' \
    "exit=1 only_new=1 why=counters_still diagnosis=queues_gone"
fault "a queue runs out with its time to live" 'is lost lrange queue:low 0 -1; r pexpire queue:low 1; sleep 0.1' \
    "exit=1 why=counters_still diagnosis=queues_gone"

# ---- order and copies ----------------------------------------------------------------------------------------------

fault "every list is reversed" 'each_queue reverse' "exit=1 order=12 reversed=12 diagnosis=reversed"
fault "one list is reversed" 'reverse queue:low' "exit=1 order=1 reversed=1 diagnosis=reversed"
fault "one list is sorted" 'r sort queue:low alpha store queue:low' "exit=1 order=1 diagnosis=reordered"
fault "one list is rotated" 'for _ in 1 2 3; do r rpoplpush queue:low queue:low; done' "exit=1 order=1 diagnosis=reordered"
fault "one list is there twice" 'is duplicated lrange queue:low 0 -1; push_again queue:low' \
    "exit=1 why=same_bytes diagnosis=imported_twice"
fault "retries are there twice, the second time respelled" 'is duplicated zrange retry 0 -1; respell retry keep' \
    "exit=1 why=same_jid diagnosis=imported_twice"
fault "retries are respelled" 'is changed zrange retry 0 -1; respell retry replace' \
    "exit=1 steps=irregular why=respelled diagnosis=reserialised"
fault "a retry was pushed, and stayed" 'is duplicated zrange retry 0 0
    r lpush queue:default "$(r zrange retry 0 0)"' "exit=1 why=same_bytes"

# ---- jobs that go their way, and others ----------------------------------------------------------------------------

fault "to another queue" 'is moved lindex queue:mailers -1; r rpoplpush queue:mailers queue:billing' \
    "exit=1 steps=irregular why=wrong_queue"
fault "to another database" 'is moved lrange queue:low 0 -1; r move queue:low 5' "exit=1 steps=irregular why=other_layout notes=unlisted_queue"
fault "one queue is poured into another" 'is moved lrange queue:low 0 -1
    while [ -n "$(r rpoplpush queue:low queue:billing)" ]; do :; done' "exit=1 steps=irregular why=wrong_queue"
fault "retries and scheduled jobs change places" 'is moved zrange retry 0 -1; is moved zrange schedule 0 -1
    r rename retry x; r rename schedule retry; r rename x schedule' "exit=1 steps=irregular why=no_failure,not_a_step"
stop() { # a stopped worker pushes back what it took, and counts it as processed and failed
    taken=$(r lrange queue:mailers -3 -1)
    r rpop queue:mailers 3
    while read -r job; do r rpush queue:mailers "$job"; done < <(tac <<<"$taken")
    r incrby stat:processed 3; r incrby stat:failed 3
}
fault "a worker was stopped" stop "exit=0"
given 'r del stat:processed stat:failed'
fault "the first worker of all was stopped" 'restore "$room/old.rdb"; stop' "exit=0"
fault "as if a worker was stopped, but none counted it" 'stop; r decrby stat:processed 3; r decrby stat:failed 3' \
    "exit=1 order=1 diagnosis=reordered"
fault "two queues change names" 'is moved lrange queue:mailers 0 -1; is moved lrange queue:billing 0 -1
    r rename queue:mailers x; r rename queue:billing queue:mailers; r rename x queue:billing' \
    "exit=1 steps=irregular why=wrong_queue"
push_due() { # to its queue, the way Sidekiq does: enqueued_at stands at the end
    due=$(r zrange schedule 0 0)
    r zrem schedule "$due"
    r lpush "queue:$(jq -r .queue <<<"$due")" "${due%?},\"enqueued_at\":$(now)}"
}
given 'r zadd schedule xx "$(now)" "$(r zrange schedule 0 0)"'
fault "a due job is pushed" 'is moved zrange schedule 0 0; push_due' "exit=0 steps=progress"
given 'r zadd schedule xx "$(now)" "$(r zrange schedule 0 0)"'
fault "a due job ran" 'is unaccounted zrange schedule 0 0; r zpopmin schedule; r incr stat:processed' "exit=1 why=may_have_run"
fault "a job is started by hand before its time" 'is moved zrange schedule 0 0; push_due' "exit=0 steps=progress"
fault "a job is copied to its queue before its time" 'is moved zrange schedule 5 5; job=$(r zrange schedule 5 5)
    r zrem schedule "$job"; r lpush queue:$(jq -r .queue <<<"$job") "$job"' "exit=1 steps=irregular why=before_time"
fault "a job is rescheduled" 'is rescheduled zrange schedule 3 3; r zincrby schedule 3600 "$(r zrange schedule 3 3)"' "exit=0"
fault "a job is rescheduled (--strict)" 'is rescheduled zrange schedule 3 3; r zincrby schedule 3600 "$(r zrange schedule 3 3)"' \
    "exit=1" --strict
failed='\"error_class\":\"E\",\"error_message\":\"m\",\"failed_at\":$(now),\"retry_count\":0'
fault "a job failed" 'is moved lindex queue:low -1; job=$(r rpop queue:low)
    r zadd retry $(($(date +%s) + 20)) "${job%?},$(eval "echo \"$failed\"")}"; r incr stat:processed; r incr stat:failed' \
    "exit=0 steps=progress"
fault "a job is in the retry set, but did not fail" 'is moved lindex queue:low -1
    r zadd retry $(($(date +%s) + 20)) "$(r rpop queue:low)"' "exit=1 steps=irregular why=no_failure"
fault "a retry failed again" 'is changed zrange retry 0 0; job=$(r zrange retry 0 0); r zrem retry "$job"
    r zadd retry $(($(date +%s) + 900)) "$(sed "s/\"retry_count\":0/\"retry_count\":1,\"retried_at\":$(now)/" <<<"$job")"
    r incr stat:processed; r incr stat:failed' "exit=0 steps=progress"
fault "a retry is killed by hand" 'is moved zrange retry 0 0; job=$(r zrange retry 0 0); r zrem retry "$job"
    r zadd dead "$(now)" "$job"' "exit=0 steps=progress"

# ---- damage --------------------------------------------------------------------------------------------------------

fault "times through %d" 'is damaged zrange retry 0 -1; rescore retry %d 1' \
    "exit=1 why=score_cut diagnosis=scores_squeezed"
fault "times in milliseconds" 'is damaged zrange retry 0 -1; rescore retry %.0f 1000' \
    "exit=1 why=score_cut diagnosis=scores_squeezed"
fault "times are gone" 'is damaged zrange schedule 0 -1; rescore schedule %.0f 0' "exit=1 why=score_cut diagnosis=scores_squeezed"
fault "a payload is cut" 'is damaged lindex queue:low 4; r lset queue:low 4 "$(r lindex queue:low 4 | cut -c1-60)"' \
    "exit=1 why=not_json"
fault "a payload lost its jid" 'is damaged lindex queue:low 4
    r lset queue:low 4 "$(r lindex queue:low 4 | sed "s/\"jid\":\"[0-9a-f]*\",//")"' "exit=1 why=no_jid"
fault "arguments changed" 'is changed lindex queue:low 4
    r lset queue:low 4 "$(r lindex queue:low 4 | sed "s/\"args\":\[/&7,/")"' "exit=1 steps=irregular why=fields"

# ---- processes -----------------------------------------------------------------------------------------------------

fault "in the hands of a live process" 'is in_progress lindex queue:mailers -1
    process web:7:0123456789ab "$(now)" "$(r rpop queue:mailers)"' "exit=0 notes=unserved_queue"
fault "in the hands of a process that fell silent" 'is lost lindex queue:mailers -1
    process web:7:0123456789ab $((base_time - 45)) "$(r rpop queue:mailers)"' "exit=1 why=held_by_silent"
pop_three() { # one is in hand, as far as the work hash shows; two more are gone
    process web:7:0123456789ab "$(now)" "$(r lindex queue:mailers -3)"
    r rpop queue:mailers 3
}
fault "a process at work may have run what is gone, and not have counted it yet" 'is in_progress lindex queue:mailers -3
    is unaccounted lrange queue:mailers -2 -1; pop_three' "exit=1 lagging=1 why=not_counted_yet notes=unserved_queue"
fault "a process that was quieted has counted all" 'is in_progress lindex queue:mailers -3
    is lost lrange queue:mailers -2 -1; pop_three; r hset web:7:0123456789ab quiet true' "exit=1 why=counters_still notes=unserved_queue"
fault "a process that stood idle has not run what waited" 'is lost lrange queue:mailers -3 -2
    is unaccounted lindex queue:mailers -1; pop_three; r hset web:7:0123456789ab busy 0; r del web:7:0123456789ab:work' \
    "exit=1 why=counters_still,may_be_in_hand notes=unserved_queue"
fault "a process at work does not touch the queue that is gone" 'is in_progress lindex queue:mailers -1
    is lost lrange queue:low 0 -1; process web:7:0123456789ab "$(now)" "$(r rpop queue:mailers)"; r del queue:low' \
    "exit=1 why=counters_still diagnosis=queues_gone notes=unserved_queue"
take() { r lmove queue:default "queue:sq|web:7:0123456789ab|default" right left; r lmove queue:default "queue:sq|web:7:0123456789ab|default" right left; }
fault "in the private list of a dead process" 'is stranded lrange queue:default -2 -1; take' "exit=1 notes=dead_process"
fault "in the private list of a live process" 'is moved lrange queue:default -2 -1; take
    process web:7:0123456789ab "$(now)" "$(job x mailers)"; r del web:7:0123456789ab:work' "exit=0 steps=progress notes=unserved_queue"
given 'take'
fault "in the private list of a dead process on both sides" 'is stranded lrange "queue:sq|web:7:0123456789ab|default" 0 -1
    restore "$room/old.rdb"' "exit=1 notes=dead_process"
given 'take'
fault "a private list is deleted" 'restore "$room/old.rdb"; is lost lrange "queue:sq|web:7:0123456789ab|default" 0 -1
    r del "queue:sq|web:7:0123456789ab|default"' "exit=1 why=counters_still diagnosis=private_lists_left"
given 'take'
fault "a private list is pushed back" 'restore "$room/old.rdb"; is moved lrange "queue:sq|web:7:0123456789ab|default" 0 -1
    for _ in 1 2; do r lmove "queue:sq|web:7:0123456789ab|default" queue:default left right; done' "exit=0 steps=progress"

# ---- limits of the dead set ----------------------------------------------------------------------------------------

die() { # die FROM TO AGE
    lua 'for i = ARGV[1], ARGV[2] do
             redis.call("zadd", "dead", string.format("%.6f", ARGV[3] - ARGV[2] + i), string.format(
                 "{\"retry\":0,\"queue\":\"default\",\"class\":\"DieJob\",\"args\":[%d],\"jid\":\"%024x\",\"created_at\":%.6f," ..
                 "\"enqueued_at\":%.6f,\"error_class\":\"E\",\"error_message\":\"m\",\"failed_at\":%.6f,\"retry_count\":0}",
                 i, i, ARGV[3], ARGV[3], ARGV[3]))
         end' "$1" "$2" "$3"
}
full=$room/full.rdb
restore "$base"
{ r del dead; die 1 9999 $(($(date +%s) - 86400)); save "$full"; } >/dev/null
given 'restore "$full"'
fault "a full dead set is cut at its limit" 'restore "$full"; is trimmed zrange dead 0 4; die 10000 10004 "$(now)"
    r zremrangebyrank dead 0 4; r incrby stat:processed 5; r incrby stat:failed 5' "exit=0 added=5 why=limit"
given 'restore "$full"'
fault "the middle of a full dead set is gone" 'restore "$full"; is lost zrange dead 100 104; die 10000 10004 "$(now)"
    r zremrangebyrank dead 100 104; r incrby stat:processed 5; r incrby stat:failed 5' "exit=1 added=5 why=dead_does_not_run"
given 'die 1 5 $(($(date +%s) - 181 * 86400))'
fault "dead for more than 180 days" 'restore "$room/old.rdb"; is trimmed zrange dead 0 4
    r zremrangebyscore dead -inf $(($(date +%s) - 180 * 86400))' "exit=0 why=age"

# ---- other keys ----------------------------------------------------------------------------------------------------

given 'r debug set-active-expire 0; r set short 1 px 1'
fault "a key expired" 'sleep 0.1; r get short; r debug set-active-expire 1' "exit=0 expired=1"
others='r hset config size 11; r del cache:1; r set cache:2 two'
fault "other keys" "$others" "exit=0 changed_keys=1 only_old=1 only_new=1"
fault "other keys (--strict)" "$others" "exit=1 changed_keys=1 only_old=1 only_new=1" --strict
fault "other keys (--only keys)" "$others; r del queue:low" "exit=1 changed_keys=1 only_old=1 only_new=1" --only keys
fault "other keys (--only jobs)" "$others" "exit=0" --only jobs --strict
fault "other keys (--key)" "$others" "exit=1 only_old=1 only_new=1" --strict --key 'cache:*'
fault "other keys (--ignore)" "$others" "exit=1 changed_keys=1" --strict --ignore 'cache:*'
fault "the counters were not copied, and a job is gone" 'is unaccounted lindex queue:low 0; r lpop queue:low
    r del stat:processed stat:failed' "exit=1 why=no_counters"
fault "a queue was given a time to live" 'r expire queue:low 1000' "exit=0 notes=expiring_place"
fault "the set queues lost a name" 'r srem queues low' "exit=0 changed_keys=1 notes=unlisted_queue"

# ---- several applications ------------------------------------------------------------------------------------------

two() { rename_all "" a:; copy_all a: b:; }
given 'two'
fault "of two applications one lost a queue" 'restore "$room/old.rdb"; is lost lrange b:queue:low 0 -1; r del b:queue:low' \
    "exit=1 why=counters_still diagnosis=queues_gone"
given 'two'
fault "of two applications the other lost a queue (--namespace)" 'restore "$room/old.rdb"; r del b:queue:low' \
    "exit=0" --namespace a
given 'two'
fault "one of two applications is renamed (--map)" 'restore "$room/old.rdb"; rename_all b: c:' "exit=0 notes=other_layout" --strict --map b=c
given 'rename_all "" a:; copy_all a: a:b:'
fault "a: and a:b: in one database, the inner one lost a queue" 'restore "$room/old.rdb"
    is lost lrange a:b:queue:low 0 -1; r del a:b:queue:low' "exit=1 why=counters_still diagnosis=queues_gone"

# ---- inputs --------------------------------------------------------------------------------------------------------

restore "$base"
is lost lrange queue:low 0 -1 >"$room/expected"
r del queue:low >/dev/null
save "$room/new.rdb"
mkdir "$room/shards"
lost="exit=1 why=counters_still diagnosis=queues_gone"
gzip -c "$room/new.rdb" >"$room/packed"
compare "NEW is packed with gzip" "$lost" "$base" "$room/packed"
zstd -qc "$base" >"$room/packed.zst"
compare "OLD is packed with zstd" "$lost" "$room/packed.zst" "$room/new.rdb"
mkfifo "$room/pipe"
cat "$room/new.rdb" >"$room/pipe" &
compare "NEW comes through a pipe" "$lost" "$base" "$room/pipe"
sed -i s/lost/unexpected/ "$room/expected"
compare "the two the wrong way round" "exit=0" "$room/new.rdb" "$base"

# ---- shards, large lists, another application ------------------------------------------------------------------------

: >"$room/expected"
halve() { for key in $(r keys '*'); do [ $(($(cksum <<<"$key" | cut -d' ' -f1) % 2)) = "$1" ] || r del "$key"; done >/dev/null; }
for half in 0 1; do
    restore "$base"
    halve $half
    save "$room/shards/$half.rdb"
done
compare "one snapshot became two shards" "exit=0" --strict "$base" "$room/shards/0.rdb,$room/shards/1.rdb"
compare "a directory of shards became one snapshot" "exit=0" --strict "$room/shards" "$base"
is lost lrange queue:low 0 -1
compare "of two shards, one lost a queue" "$lost" "$room/shards" "$room/new.rdb"

restore "$base"
long() { lua 'for i = ARGV[1], ARGV[2], ARGV[3] do redis.call("rpush", "queue:long", string.format("{\"retry\":true,\"queue\":\"long\"," ..
    "\"class\":\"QuickJob\",\"args\":[%d],\"jid\":\"%024x\",\"created_at\":1795419000.5,\"enqueued_at\":1795419000.5}", i, i)) end' "$@"; }
: >"$room/expected"
{ r flushall; r sadd queues long; r set stat:processed 1; long 1 100000 1; save "$room/old.rdb"; r del queue:long; long 100000 1 -1
  save "$room/new.rdb"; } >/dev/null
compare "a queue of 100,000 is reversed" "exit=1 order=1 reversed=1 diagnosis=reversed" "$room/old.rdb" "$room/new.rdb"
{ long 1 1000 1; r ltrim queue:long 0 -1; save "$room/new.rdb"; } >/dev/null
compare "and its first thousand are there twice" "exit=1 duplicated=1000 order=1 reversed=1 why=same_bytes diagnosis=reversed" \
    "$room/old.rdb" "$room/new.rdb"

base_of workers_running 1795420607
cut_colons() { # queue:a:b becomes queue:a
    for queue in $(queues); do
        case $queue in *:*:*) is moved lrange "$queue" 0 -1; r rename "$queue" "${queue%:*}"; r sadd queues "${queue#queue:}" ;; esac
    done
}
fault "nothing at all (Sidekiq 8)" : "exit=0" --strict
fault "names of queues are cut at their colon" cut_colons \
    "exit=1 steps=irregular why=wrong_queue diagnosis=name_cut_at_colon notes=unlisted_queue"
fault "all queues are deleted, the sets are not" 'for queue in $(queues); do is lost lrange "$queue" 0 -1; r del "$queue"; done' \
    "exit=1 why=counters_still diagnosis=queues_gone"
fault "only the set of queues and the counters are left" 'for key in $(r keys "*"); do
    case $key in queue:*) is lost lrange "$key" 0 -1 ;; schedule | retry | dead) is lost zrange "$key" 0 -1 ;; *) continue ;; esac
    r del "$key"; done' "exit=1 why=counters_still"

echo "1..$number"
