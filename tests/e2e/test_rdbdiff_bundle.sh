#!/bin/bash
# rdbdiff --bundle as a user sees it: what is written and what is not, what the report says, exit status. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbdiff
. tests/e2e/tap.sh
pair=testdata/sidekiq/lost_tail
old=$pair/old.rdb new=$pair/new.rdb
bundle=$room/lost.jobs
export SOURCE_DATE_EPOCH=1795500000

count() { jq -s --arg act "$2" 'map(select(.act == $act)) | length' "$1/jobs.ndjson"; }

# ---- what is written ------------------------------------------------------------------------------------------------

ends 1 rdbdiff --color never --bundle "$bundle" "$old" "$new" && silent &&
    grep -Fxq "bundle: 188 jobs in $bundle (188 to restore); give them back: redis-cli --pipe < $bundle/restore.resp" "$out" &&
    tail -n 1 "$out" | grep -q '^LOST: 188 jobs lost .* - exit 1$'
result $? "what was lost is written, and the report says how it comes back"
[ "$(count "$bundle" restore)" = 188 ] && [ "$(stat -c %a "$bundle" "$bundle"/* | sort | uniq -c | tr -s ' ' | paste -sd,)" = " 3 600, 1 700" ]
result $? "for the eyes of its owner alone"
jq -e '.tool == "rdbdiff" and .created_s == 1795500000 and .counts.verdicts == {"lost": 188} and
    ([.sources[] | .role, .size] == ["old", '"$(stat -c %s "$old")"', "new", '"$(stat -c %s "$new")"'])' \
    "$bundle/manifest.json" >"$out"
result $? "the manifest names both sources"
rdbdiff -q --bundle "$room/again.jobs" "$old" "$new"
diff -r "$bundle" "$room/again.jobs" >"$out"
result $? "the same inputs make the same bytes"
(cd "$room" && mkdir "it's here" && rdbdiff --color never --bundle "it's here/a b" "$OLDPWD/$old" "$OLDPWD/$new") >"$out"
grep -Fq "redis-cli --pipe < 'it'\\''s here/a b/restore.resp'" "$out"
result $? "a path that a shell would take apart is quoted"

# ---- in JSON --------------------------------------------------------------------------------------------------------

ends 1 rdbdiff --json --bundle "$room/json.jobs" "$old" "$new" && silent &&
    jq -e --arg path "$room/json.jobs" --slurpfile manifest "$room/json.jobs/manifest.json" '
        .exit == 1 and .bundle == {path: $path, outcome: "written", id: $manifest[0].id, jobs: 188,
            acts: {restore: 188, replace: 0, push_back: 0, hold: 0}, may_have_run: 0, without_payload: 0,
            command: ("redis-cli --pipe < " + $path + "/restore.resp"), error: null}' "$out" >"$room/told"
result $? "--json has it as an object"
ends 1 rdbdiff --json "$old" "$new" && [ "$(jq -c .bundle "$out")" = null ]
result $? "which is null where none was asked for"

# ---- what is not ----------------------------------------------------------------------------------------------------

ends 0 rdbdiff --color never --bundle "$room/none.jobs" "$old" "$old" && silent && [ ! -e "$room/none.jobs" ] &&
    grep -Fxq 'bundle: not written: there is no job to put into it' "$out"
result $? "nothing to put into it: nothing is written"
cp -r "$bundle" "$room/before"
ends 2 rdbdiff --color never --bundle "$bundle" "$old" "$new" && says "lost.jobs: .*exists already" &&
    grep -q '^bundle: not written: .*exists already' "$out" && tail -n 1 "$out" | grep -q 'exit 2$' && diff -r "$bundle" "$room/before"
result $? "an existing bundle stays, and that is exit 2"
ends 2 rdbdiff --json --bundle "$bundle" "$old" "$new" &&
    jq -e '.exit == 2 and .bundle.outcome == "failed" and (.bundle.error.what | test("exists already"))' "$out" >"$room/told"
result $? "--json says so, too"
ends 1 rdbdiff -q --force --bundle "$bundle" "$old" "$new" && silent && diff -r "$bundle" "$room/again.jobs"
result $? "unless --force replaces it"
mkdir "$room/folder" && : >"$room/folder/file"
ends 2 rdbdiff -q --force --bundle "$room/folder" "$old" "$new" && [ -e "$room/folder/file" ]
result $? "what is no bundle is not replaced, not even by force"

head -c 30000 "$new" >"$room/cut.rdb"
ends 2 rdbdiff -q --bundle "$room/refused.jobs" "$old" "$room/cut.rdb" && [ ! -e "$room/refused.jobs" ]
result $? "where there is no answer there is no bundle"
# of a version that nobody knows, with a key of a type that nobody knows at its end
{ printf REDIS0099; tail -c +10 "$new" | head -c -9; printf '\x7e\x03keyvalue\xff'; head -c 8 /dev/zero; } >"$room/partial.rdb"
if rdbdiff --json "$old" "$room/partial.rdb" | jq -e '.status == "partial"' >/dev/null; then
    ends 2 rdbdiff --color never --bundle "$room/partial.jobs" "$old" "$room/partial.rdb" && [ ! -e "$room/partial.jobs" ] &&
        [ ! -s "$err" ] && grep -q '^bundle: not written: part of the input' "$out"
    result $? "where part of NEW was not seen, none is written"
    ends 2 rdbdiff -q --force --bundle-verdicts unaccounted --bundle "$room/partial.jobs" "$old" "$room/partial.rdb" && [ "$(count "$room/partial.jobs" restore)" = 188 ] &&
        jq -e '.warnings | any(test("not seen"))' "$room/partial.jobs/manifest.json" >"$out"
    result $? "unless --force says so, and then the bundle says so"
else
    result 1 "a snapshot with what nobody knows is partial"
fi

# ---- which jobs -----------------------------------------------------------------------------------------------------

damaged=testdata/sidekiq/payload_corruption
ends 1 rdbdiff -q --bundle "$room/damaged.jobs" $damaged/old.rdb $damaged/new.rdb && [ "$(count "$room/damaged.jobs" replace)" = 45 ] &&
    [ "$(jq -s 'map(select(.replaces == .payload and .score == .replaces_score)) | length' "$room/damaged.jobs/jobs.ndjson")" = 0 ]
result $? "damaged copies and irregular ones are replaced"
ends 1 rdbdiff -q --bundle-verdicts damaged --bundle "$room/some.jobs" $damaged/old.rdb $damaged/new.rdb && [ "$(count "$room/some.jobs" replace)" = 16 ]
result $? "--bundle-verdicts chooses"
private=testdata/sidekiq/private_lists
ends 1 rdbdiff -q --bundle "$room/private.jobs" $private/old.rdb $private/new.rdb &&
    jq -se 'map(select(.act == "push_back")) | length == 4 and all(.key == "queue:critical" and (.from_key | startswith("working:")))' \
        "$room/private.jobs/jobs.ndjson" >"$out"
result $? "stranded jobs are pushed back to their queue"
ends 1 rdbdiff -q --bundle-verdicts lost --bundle "$room/left.jobs" $private/old.rdb $private/new.rdb && [ ! -e "$room/left.jobs" ]
result $? "unless they are left out"
busy=testdata/sidekiq/workers_running
ends 1 rdbdiff -q --bundle "$room/busy.jobs" $busy/old.rdb $busy/new.rdb && [ ! -e "$room/busy.jobs" ] &&
    ends 1 rdbdiff -q --bundle-verdicts lost,unaccounted --bundle "$room/busy.jobs" $busy/old.rdb $busy/new.rdb &&
    jq -se 'length > 0 and all(.may_have_run and .verdict == "unaccounted")' "$room/busy.jobs/jobs.ndjson" >"$out" &&
    jq -e '.warnings | any(test("unaccounted for"))' "$room/busy.jobs/manifest.json" >>"$out"
result $? "unaccounted ones come only when they are named, with a warning"
flush=testdata/sidekiq/flushall
ends 1 rdbdiff -q --log $flush/aof --bundle "$room/flush.jobs" $flush/old.rdb $flush/new.rdb &&
    jq -e '[.sources[].role] == ["old", "new", "log"]' "$room/flush.jobs/manifest.json" >"$out" &&
    jq -se 'length > 0 and all(.verdict == "lost")' "$room/flush.jobs/jobs.ndjson" >>"$out"
result $? "a log is a source of its own"

# ---- mistakes at the command line -------------------------------------------------------------------------------------

refuses "--force without --bundle" "'--force' needs '--bundle'" rdbdiff --force "$old" "$new"
refuses "--bundle-verdicts without --bundle" "'--bundle-verdicts' needs '--bundle'" rdbdiff --bundle-verdicts lost "$old" "$new"
refuses "--bundle with keys alone" "'--bundle' needs jobs" rdbdiff --only keys --bundle "$room/x" "$old" "$new"
refuses "a verdict of which no bundle is made" "takes lost, .* not 'finished'" rdbdiff --bundle "$room/x" --bundle-verdicts finished "$old" "$new"
SOURCE_DATE_EPOCH=soon ends 2 rdbdiff -q --bundle "$room/x" "$old" "$new" && says "SOURCE_DATE_EPOCH is 'soon', no number of seconds"
result $? "a time that is no number"
echo "1..$number"
