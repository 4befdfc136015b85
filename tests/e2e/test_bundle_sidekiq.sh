#!/bin/bash
# A real Sidekiq works off what a bundle gave back: what was lost with a whole server runs, each job once, those of a queue
# in their order. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck disable=SC2034
tool=rdbdiff
. tests/e2e/tap.sh
. tests/e2e/server.sh
worker=
trap '[ -z "$worker" ] || kill -9 "$worker" 2>/dev/null; server_stop; rm -rf "$room"' EXIT

if ! command -v sidekiq >/dev/null || ! command -v redis-server >/dev/null; then
    skip "a real Sidekiq works off what was restored" "there is no Sidekiq or no server here"
    echo "1..$number"
    exit 0
fi

start() {
    server_start "$room/server" --appendonly yes --aof-timestamp-enabled yes
    export REDIS_URL=redis://127.0.0.1:$port/0
}

saved() { [ "$(r save)" = OK ] && cp "$room/server/dump.rdb" "$1"; }

pipe() {
    redis-cli -h 127.0.0.1 -p "$port" --pipe <"$room/lost.jobs/restore.resp" >"$out" 2>&1
    grep -q 'errors: 0, ' "$out"
}

# ---- the application ------------------------------------------------------------------------------------------------

cat >"$room/worker.rb" <<'RUBY'
require 'sidekiq'
require 'digest'
Sidekiq.configure_server { |config| config.average_scheduled_poll_interval = 1 }
class LogJob
  include Sidekiq::Worker
  def perform(*args)
    line = [jid || '-', Digest::SHA1.hexdigest(args.map { |a| a.to_s.b }.join("\0"))].join(' ')
    File.open(ENV.fetch('JOB_LOG'), 'a') { |f| f.write(line + "\n") }
  end
end
RUBY

# Prints, for each job that must run, "PLACE JID DIGEST-OF-ARGUMENTS", those of the queue in their order.
cat >"$room/fill.rb" <<'RUBY'
require_relative 'worker'
require 'json'
def tell(place, jid, args)
  puts [place, jid || '-', Digest::SHA1.hexdigest(args.map { |a| a.to_s.b }.join("\0"))].join(' ')
end
def raw(json)
  Sidekiq.redis { |c| c.lpush('queue:default', json) }
end
def push(*args)
  tell('queue', LogJob.perform_async(*args), args)
end
20.times { |i| push("number #{i}") }
push('ünïcödé 日本語 🚚', "\u0000\u2028", 'quote " and \\')
push('x' * 1_000_000)
push(Random.new(1).bytes(500_000).unpack1('H*'))
twice = { 'class' => 'LogJob', 'args' => ['twice'], 'jid' => 'abcdefabcdefabcdefabcdef', 'queue' => 'default', 'retry' => true }
raw(twice.to_json)
raw(twice.to_json)
tell('queue', twice['jid'], twice['args'])
raw({ 'class' => 'LogJob', 'args' => ['no jid'], 'queue' => 'default', 'retry' => false }.to_json)
tell('queue', nil, ['no jid'])
raw("{\"class\":\"LogJob\",\"args\":[\"Gr\xFC\xDFe\"],\"jid\":\"fedcbafedcbafedcbafedcba\",\"queue\":\"default\",\"retry\":false}".b)
tell('queue', 'fedcbafedcbafedcbafedcba', ["Gr\xFC\xDFe".b])
push('the last one')
5.times { |i| tell('set', LogJob.perform_in(1 + i * 0.1, "later #{i}"), ["later #{i}"]) }
5.times do |i|
  jid = format('%024x', i + 1)
  job = { 'class' => 'LogJob', 'args' => ["again #{i}"], 'jid' => jid, 'queue' => 'default', 'retry' => true,
          'created_at' => Time.now.to_f - 60, 'enqueued_at' => Time.now.to_f - 59, 'error_message' => 'no', 'retry_count' => 2,
          'error_class' => 'RuntimeError', 'failed_at' => Time.now.to_f - 50 }
  Sidekiq.redis { |c| c.zadd('retry', Time.now.to_f + 1 + i * 0.1, job.to_json) }
  tell('set', jid, ["again #{i}"])
end
LogJob.set(queue: 'default').perform_in(86_400, 'not yet')
RUBY

start
ends 0 ruby "$room/fill.rb" && mv "$out" "$room/expected" && saved "$room/old.rdb" && [ "$(r flushall)" = OK ] && saved "$room/new.rdb"
result $? "jobs are pushed, and the server is flushed"

# ---- bundle and restore ---------------------------------------------------------------------------------------------

cp -r "$room/server/appendonlydir" "$room/aof"
ends 1 rdbdiff --bundle "$room/lost.jobs" --log "$room/aof" "$room/old.rdb" "$room/new.rdb"
result $? "what was lost is put into a bundle"
[ "$(jq -r 'select(.act == "hold") | .reason' "$room/lost.jobs/jobs.ndjson")" = double ]
result $? "of two jobs with one jid the second is held"
pipe && pipe
result $? "it is restored, twice"

# ---- work -----------------------------------------------------------------------------------------------------------

export JOB_LOG=$room/ran
: >"$JOB_LOG"
wanted=$(wc -l <"$room/expected")
sidekiq -r "$room/worker.rb" -c 1 -q default >"$room/sidekiq.log" 2>&1 &
worker=$!
for _ in {1..400}; do
    [ "$(wc -l <"$JOB_LOG")" -ge "$wanted" ] && break
    kill -0 "$worker" 2>/dev/null || break
    sleep 0.1
done
sleep 1 # what must not run would have its chance
pipe    # of what has run, and of what waits, nothing is put back
result $? "it is restored once more, behind the work"
sleep 1
kill -TERM "$worker" && wait "$worker"
worker=

diff <(cut -d' ' -f2- "$room/expected" | LC_ALL=C sort) <(LC_ALL=C sort "$JOB_LOG") >"$out" 2>"$err"
result $? "every job has run exactly once"
diff <(sed -n 's/^queue //p' "$room/expected") <(grep -Fxf <(sed -n 's/^queue //p' "$room/expected") "$JOB_LOG") >"$out" 2>"$err"
result $? "those of the queue in their order"
[ "$(r llen queue:default) $(r zcard schedule) $(r zcard retry) $(r zcard dead)" = "0 1 0 0" ]
result $? "nothing is left but what is not due yet"
echo "1..$number"
