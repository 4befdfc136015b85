#!/bin/sh
# demo: a pair of snapshots of a real Sidekiq between which jobs were lost.
cd "$(dirname "$0")/.." || exit 2
echo "Two snapshots of one Sidekiq, taken around a move of its Redis. Was anything lost?"
echo
echo "    \$ rdbdiff testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb"
echo
build/bin/rdbdiff testdata/sidekiq/lost_tail/old.rdb testdata/sidekiq/lost_tail/new.rdb
status=$?
echo
echo "(exit status $status: 0 nothing lost, 1 something is, 2 could not tell)"
[ "$status" -eq 1 ]
