#!/bin/sh
# demo: a pair of snapshots of a real Sidekiq between which jobs were lost.
cd "$(dirname "$0")/.." || exit 2
echo "Two snapshots of one Sidekiq, taken around a move of its Redis. Was anything lost?"
echo
echo "    \$ rdbdiff testdata/lost_queue_old.rdb testdata/lost_queue_new.rdb"
echo
build/bin/rdbdiff testdata/lost_queue_old.rdb testdata/lost_queue_new.rdb
status=$?
echo
echo "(exit status $status: 0 nothing lost, 1 something is, 2 could not tell)"
[ "$status" -eq 1 ]
