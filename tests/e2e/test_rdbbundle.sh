#!/bin/bash
# rdbbundle as a user and a server see it: made from a snapshot and a spool, looked at, restored into a real server, once and
# again, broken off and sent again, taken out; bundles that are not whole; the manual. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck disable=SC2034
tool="rdbbundle( [a-z]+)?"
. tests/e2e/tap.sh
export SOURCE_DATE_EPOCH=1795420800 # 2026-11-23T08:00:00Z
old=testdata/sidekiq/flushall/old.rdb new=testdata/sidekiq/flushall/new.rdb
lost=$room/lost.jobs

# ---- made ---------------------------------------------------------------------------------------------------

ends 0 rdbbundle create "$old" --minus "$new" -o "$lost" && silent && grep -q "lost.jobs: [0-9,]* jobs" "$out"
result $? "what the new snapshot has not"
[ "$(stat -c %a "$lost")" = 700 ] && [ "$(stat -c %a "$lost"/* | sort -u)" = 600 ]
result $? "it is its owner's alone"
ends 0 rdbbundle create "$old" --minus "$new" -o "$room/again.jobs" && diff -r "$lost" "$room/again.jobs" >"$out"
result $? "the same inputs make the same bytes"
refuses "a bundle is not replaced" "exists already" rdbbundle create "$old" -o "$lost"
ends 0 rdbbundle create "$old" --minus "$new" -o "$lost" --force && diff -r "$lost" "$room/again.jobs" >"$out"
result $? "it is, by force"

ends 0 rdbbundle show --ndjson "$lost" && silent && cp "$out" "$room/jobs" && jobs=$(jq -r 'select(.type == "job") | .jid' "$room/jobs" | wc -l) &&
    [ "$jobs" -gt 100 ] && jq -es 'map(select(.type == "job") | .seq) == [range(1; length)]' "$room/jobs" >/dev/null &&
    jq -es 'last | .type == "summary" and .schema == "rdbkit.bundle/1" and .jobs == '"$jobs" "$room/jobs" >/dev/null
result $? "jobs, a line each, and a summary"
ends 0 rdbbundle show --json "$lost" && jq -e '(.places | map(.jobs) | add) == .jobs and (.classes | map(.jobs) | add) == .jobs and
    (.due | map(.jobs) | add) + .at_once + (.places | map(select(.place == "dead").jobs) | add) == .jobs' "$out" >/dev/null
result $? "places, classes and times add up"
ends 0 rdbbundle show "$lost" && silent && grep -q '^  queue:default ' "$out" && grep -q '^  at once, in queues ' "$out"
result $? "and for people"
ends 0 rdbbundle verify "$lost" "$old" && silent && grep -q ': [0-9,]* there exactly once$' "$out"
result $? "all of them are in the old snapshot"
ends 1 rdbbundle verify --json "$lost" "$new" && silent && jq -e '.comparison.missing == .comparison.jobs and (.jobs | length) == .comparison.jobs' "$out" >/dev/null
result $? "none is in the new one"

# ---- chosen -------------------------------------------------------------------------------------------------

# chosen NAME FILTER JQ: the jobs that a filter means are those that jq means
rdbcat --key 'queue:*' --key retry --key schedule --key dead "$old" |
    jq -c '.key as $key | .value[] | if type == "array" then {key: $key, score: (.[1] | tonumber), p: (.[0] | fromjson)} else {key: $key, p: fromjson} end' >"$room/all"
chosen() {
    local name=$1 query=$2
    shift 2
    ends 0 rdbbundle create "$old" "$@" -o "$room/some.jobs" --force -q && rdbbundle show --ndjson "$room/some.jobs" >"$out" &&
        [ -s "$room/all" ] && diff <(jq -r 'select(.type == "job").jid' "$out" | sort) <(jq -r "select($query) | .p.jid" "$room/all" | sort) >"$err"
    result $? "$name"
}
chosen "by place" '.key == "retry"' --place retry
chosen "by queue, of sets too" '.p.queue | startswith("re")' --queue 're*'
chosen "by one queue as a place" '.key == "queue:default"' --place 'queue:def*'
chosen "by expression" '.p.class == "MailerJob" and .p.retry == true' --where 'class == "MailerJob" && retry == true'
chosen "by what is within arguments" '(.p.args[0] | type) == "number" and .p.args[0] > 3' --where 'args[0] > 3'
chosen "by regular expression" '.p.queue | test("s$")' --where "queue =~ 's\$'"
chosen "by score" '.score != null and .score >= 1795500000' --due-after 1795500000
chosen "by time" '(.p.enqueued_at // .p.created_at) <= 1795420628' --until 1795420628
jid=$(jq -rs '.[7].p.jid' "$room/all")
chosen "by jid" ".p.jid == \"$jid\"" --jid "$jid"
refuses "what is no expression" "byte 10: expected a value, found '&& 1'" rdbbundle create "$old" -o "$room/x" --where 'class == && 1'
[ ! -e "$room/x" ]
result $? "nothing is left then"

# ---- a spool ------------------------------------------------------------------------------------------------

first=$(jq -cs '.[0].p' "$room/all") # one that the snapshot has
{
    printf '%s\n' '{"class":"MailJob","args":[1,"é"],"jid":"s1","queue":"mail","retry":true}' ''
    printf '%s\n' '{"queue":"other", "payload": {"class":"MailJob", "args":[2] ,"jid":"s2"} }'
    printf '%s\n' '{"at":1795500000.25,"payload":"{\"class\":\"MailJob\",\"args\":[3],\"jid\":\"s3\"}"}'
    printf '%s\n' '{"class":"MailJob","args":[1,"é"],"jid":"s1","queue":"mail"}' "$first"
} >"$room/spool"
ends 0 rdbbundle create --spool "$room/spool" --minus "$old" -o "$room/spool.jobs" && silent && rdbbundle show --ndjson --payloads "$room/spool.jobs" >"$out" &&
    jq -r 'select(.type == "job") | [.key, .score, .payload] | @tsv' "$out" | tr -d '\\' >"$room/got" &&
    diff "$room/got" - >"$err" <<'END'
queue:mail		{"class":"MailJob","args":[1,"é"],"jid":"s1","queue":"mail","retry":true}
queue:other		{"class":"MailJob", "args":[2] ,"jid":"s2"}
schedule	1795500000.25	{"class":"MailJob","args":[3],"jid":"s3"}
END
result $? "jobs of a spool, once each, byte for byte"
gzip -c "$room/spool" >"$room/spool.gz" && ends 0 rdbbundle create --spool "$room/spool.gz" --minus "$old" -o "$room/packed.jobs" &&
    cmp "$room/spool.jobs/jobs.ndjson" "$room/packed.jobs/jobs.ndjson"
result $? "a spool may be packed"
printf '{"class":"A","args":[]}\n\n{"class":"A"\n' >"$room/bad"
refuses "a line that is wrong is named" "$room/bad: line 3 is not a JSON object" rdbbundle create --spool "$room/bad" -o "$room/x"

# ---- held, redacted, put together ---------------------------------------------------------------------------

head -c 32 /dev/urandom >"$room/key" && chmod 600 "$room/key"
ends 0 rdbbundle split "$lost" --place retry --redact --redact-key "$room/key" -o "$room/shown.jobs" && silent &&
    rdbbundle show --ndjson --payloads "$room/shown.jobs" >"$out" && jq -es 'map(select(.type == "job")) | length > 0 and
    all(.act == "hold" and (.payload | fromjson | (.args | all(startswith("r:"))) and has("error_class") and (.error_message | startswith("r:"))))' "$out" >/dev/null
result $? "a redacted copy has tokens"
refuses "and is not restored" "redacted copy" rdbbundle restore "$room/shown.jobs"

ends 0 rdbbundle split "$lost" --place 'queue:[a-d]*' -o "$room/one.jobs" && ends 0 rdbbundle split "$lost" --place 'queue:[^a-d]*' -o "$room/two.jobs" &&
    ends 0 rdbbundle split "$lost" --place '[^q]*' --place queue:default -o "$room/three.jobs" && silent &&
    ends 0 rdbbundle merge "$room/one.jobs" "$room/two.jobs" "$room/three.jobs" -o "$room/whole.jobs" && silent &&
    rdbbundle show --ndjson --payloads "$room/whole.jobs" >"$out" && rdbbundle show --ndjson --payloads "$lost" >"$room/before" &&
    diff <(jq -c 'select(.type == "job") | [.seq, .key, .score, .payload]' "$out") <(jq -c 'select(.type == "job") | [.seq, .key, .score, .payload]' "$room/before") >"$err"
result $? "parts put together are the whole, in its order"
printf '%s\n' '{"class":"A","args":[1],"jid":"x","created_at":1795400000.5}' >"$room/older" && printf '%s\n' '{"class":"A","args":[2],"jid":"x","created_at":1795400001.5}' >"$room/newer" &&
    ends 0 rdbbundle create --spool "$room/older" -o "$room/older.jobs" && ends 0 rdbbundle create --spool "$room/newer" -o "$room/newer.jobs" &&
    ends 0 rdbbundle merge "$room/older.jobs" "$room/newer.jobs" -o "$room/both.jobs" && rdbbundle show --ndjson --payloads "$room/both.jobs" >"$out" &&
    [ "$(jq -c 'select(.type == "job") | [.act, .reason, (.payload | fromjson.args[0])]' "$out" | sort)" = $'["hold","older",1]\n["restore",null,2]' ]
result $? "of two copies the newer one counts"

# ---- bundles that are not whole -----------------------------------------------------------------------------

# spoilt NAME REGEX COMMAND...: a copy of the bundle, spoilt by the command in it, is refused in a sentence
spoilt() {
    local name=$1 regex=$2 verb
    shift 2
    rm -rf "$room/bad.jobs" && cp -r "$lost" "$room/bad.jobs" && (cd "$room/bad.jobs" && "$@")
    for verb in verify show restore undo; do
        refuses "$name ($verb)" "$regex" rdbbundle "$verb" "$room/bad.jobs"
    done
}
spoilt "a changed byte" "jobs.ndjson: has changed since it was written" sed -i '1s/"jid":"./"jid":"_/' jobs.ndjson
spoilt "a job less" "jobs.ndjson: has [0-9]* bytes, [0-9]* when it was written" sed -i '$d' jobs.ndjson
spoilt "another stream" "restore.resp: has changed since it was written" sed -i 's/SELECT/SELEKT/' restore.resp
spoilt "a missing member" "restore.resp: is missing" rm restore.resp
spoilt "a wrong count" "has changed since it was written" sed -i 's/"payload_bytes": ./"payload_bytes": 9/' manifest.json
spoilt "a newer version" "format version is 2, versions up to 1 are known" sed -i 's/"version": 1,/"version": 2,/' manifest.json
spoilt "no manifest" "no manifest.json" rm manifest.json
refuses "no bundle at all" "No such file" rdbbundle restore "$room/nothing"
if command -v script >/dev/null; then
    script -qec "rdbbundle restore $lost" /dev/null >"$out" 2>&1
    grep -q "not written to a terminal" "$out" && ! grep -q EVAL "$out"
    result $? "a terminal gets no commands"
else
    skip "a terminal gets no commands" "there is no script(1) here"
fi
ends 0 rdbbundle restore --dry-run --spread 30m --rename-queue default=slow "$lost" && silent && grep -q 'queue:slow' "$out" && ! grep -q EVAL "$out"
result $? "a dry run tells where jobs would go"
for pair in "spread together with shift:--spread 1h --shift 2h" "a batch of none:--batch 0" "a rename that is none:--rename-queue a" "two namespaces:--namespace a --strip-namespace"; do
    # shellcheck disable=SC2086
    ends 2 rdbbundle restore ${pair#*:} "$lost" && [ ! -s "$out" ] && [ -s "$err" ]
    result $? "refused: ${pair%%:*}"
done

# ---- a real server ------------------------------------------------------------------------------------------

server=
start() { # FILE: a server that has loaded it
    rm -rf "$room/server" && mkdir "$room/server" && cp "$1" "$room/server/dump.rdb"
    redis-server --port 0 --unixsocket "$room/server/s" --dir "$room/server" --save '' --appendonly no --logfile log >/dev/null 2>&1 &
    server=$!
    for _ in {1..500}; do
        redis-cli -s "$room/server/s" PING >/dev/null 2>&1 && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.02
    done
    stop
    return 1
}
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server" 2>/dev/null
    server=
}
redis() { redis-cli -s "$room/server/s" "$@"; }
send() { redis --pipe >"$out" 2>"$err" && grep -q 'errors: 0' "$out"; }
save() { redis SAVE >/dev/null && cp "$room/server/dump.rdb" "$room/$1.rdb"; }
# What is there, without the guards of bundles; in the order of lists.
content() { rdbcat -K 'rdbkit:restored:*' "$room/$1.rdb" | jq -c 'del(.encoding, .idle_s, .freq)' | sort; }

if command -v redis-server >/dev/null && start "$new"; then
    trap 'stop; chmod -R u+rwX "$room" 2>/dev/null; rm -rf "$room"' EXIT
    save before && rdbbundle restore "$lost" | send && save once && ends 0 rdbbundle verify "$lost" "$room/once.rdb" && silent
    result $? "restored: all jobs are there exactly once"
    rdbbundle restore "$lost" | send && save twice && diff <(content once) <(content twice) >"$out"
    result $? "the second time nothing changes"
    redis --pipe <"$lost/restore.resp" >"$out" && save thrice && diff <(content once) <(content thrice) >"$out"
    result $? "nor by the stream in the bundle"
    ends 0 rdbdiff --only jobs -q --fail-on lost,duplicated,damaged "$old" "$room/once.rdb"
    result $? "rdbdiff finds nothing lost and nothing twice"
    rdbbundle undo "$lost" | send && save undone && diff <(content before) <(content undone) >"$out"
    result $? "taken out again: as it was before"
    rdbbundle restore "$lost" | send && save anew && ends 0 rdbbundle verify "$lost" "$room/anew.rdb" && diff <(content once) <(content anew) >"$out"
    result $? "and given back anew"
    stop

    start "$new" && rdbbundle restore "$lost" --batch 5 >"$room/stream" && head -c $(($(stat -c %s "$room/stream") / 2)) "$room/stream" | redis --pipe --pipe-timeout 2 >/dev/null 2>&1
    save half && ! rdbbundle verify -q "$lost" "$room/half.rdb" && send <"$room/stream" && save mended && ends 0 rdbbundle verify "$lost" "$room/mended.rdb" && silent
    result $? "a stream that broke off is sent again"
    redis RPOP queue:default >/dev/null && save taken && send <"$room/stream" && save after && diff <(content taken) <(content after) >"$out"
    result $? "what a worker has taken does not come back"
    stop

    start "$new" && rdbbundle restore --namespace shop --db 3 --to-queue slow --at back "$lost" | send && save moved &&
        ends 0 rdbbundle verify "$lost" "$room/moved.rdb" && silent && [ "$(redis -n 3 SMEMBERS shop:queues)" = slow ]
    result $? "another namespace, database and queue"
    stop
else
    skip "a real server" "there is no redis-server here"
fi

# ---- the manual ---------------------------------------------------------------------------------------------

tool=rdbbundle
examples
for command in create show verify restore undo merge split; do
    ends 0 rdbbundle "$command" --help && silent && head -n 1 "$out" | grep -q "^Usage: rdbbundle $command \[OPTION\]"
    result $? "help: $command"
    tool="rdbbundle $command"
    # shellcheck disable=SC2086
    while IFS= read -r line; do
        bash -o pipefail -c "$line" >"$out" 2>"$err" && silent && [ -s "$out" ]
        result $? "example: $line"
    done < <(rdbbundle $command --help | sed -n 's/^    \$ //p')
done
tool=rdbbundle
manual
for command in create show verify restore undo merge split; do
    grep -q "^.SS rdbbundle $command$" "$room/page" || break
done
result $? "the manual page has every command"
rdbbundle --completion bash >"$room/complete" && bash -c '. "$1"; COMP_WORDS=(rdbbundle re); COMP_CWORD=1; _rdbbundle; echo "${COMPREPLY[@]}"
    COMP_WORDS=(rdbbundle restore --spr); COMP_CWORD=2; _rdbbundle; echo "${COMPREPLY[@]}"' - "$room/complete" >"$out" 2>"$err" && [ "$(cat "$out")" = $'restore\n--spread' ]
result $? "bash completes commands, and their options"

echo "1..$number"
