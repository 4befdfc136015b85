#!/bin/bash
# rdbcheck --explain as a user sees it: exit status, decimal and hexadecimal offsets, packed input, machine output. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbcheck
. tests/e2e/tap.sh
file=testdata/redis-7.2.6-modules.rdb

ends 0 rdbcheck --explain 1277 "$file" && silent && grep -q '^>  000004fd  \[03\]' "$out"
result $? "a byte is marked, and exit is 0"
cp "$out" "$room/decimal"
ends 0 rdbcheck --explain 0x4fd "$file" && cmp -s "$out" "$room/decimal"
result $? "a hexadecimal offset is the same"
gzip -c "$file" >"$room/packed.rdb.gz"
rdbcheck -x 1277 - <"$room/packed.rdb.gz" >"$out" 2>"$err"
[ $? -eq 0 ] && silent && tail -n +3 "$out" | cmp -s - <(tail -n +3 "$room/decimal") &&
    head -n 1 "$out" | grep -q 'when decompressed'
result $? "offsets count in the unpacked file, from a pipe too"
ends 0 rdbcheck --json --explain 1277 "$file" &&
    jq -e '.schema == "rdbkit.explain/1" and .record.key == "mod:mix:8" and
           ([.items[] | select(.holds and (.has_parts | not))] | length == 1 and .[0].bytes == "03")' "$out" >/dev/null
result $? "--json tells the same to a program"
head -c 1300 "$file" >"$room/cut.rdb"
ends 1 rdbcheck --explain 1290 --context 20 "$room/cut.rdb" && grep -q '! ' "$out"
result $? "a line with ! where it is cut off, and exit 1"
printf 'not a snapshot at all' >"$room/other"
ends 1 rdbcheck --explain 3 "$room/other" && grep -q '! not a Redis snapshot' "$out" && grep -q '\[20\]' "$out"
result $? "what is no snapshot is shown as it is"
ends 2 rdbcheck --explain 99999 "$file" && grep -q 'there is no byte 99999: it has 7088 bytes' "$err"
result $? "there is nothing beyond the end"
refuses "an offset that is none" "takes an offset such as 48213 or 0xbc55, not '12x'" rdbcheck --explain 12x "$file"
refuses "an offset beyond 64 bits" "takes an offset such as" rdbcheck --explain 18446744073709551616 "$file"
refuses "two files" "'--explain' takes one FILE, not 2" rdbcheck --explain 1 "$file" "$file"
refuses "what checks" "does not go together with '--quiet'" rdbcheck -q --explain 1 "$file"
echo "1..$number"
