#!/bin/bash
# What the README shows is what happens: its sample output, word for word.
cd "$(dirname "$0")/../.." || exit 2
bin=${BIN:-build/bin}
shown=$(mktemp) real=$(mktemp)
trap 'rm -f "$shown" "$real"' EXIT
command=$(sed -n 's/^    \$ build\/bin\/rdbdiff //p' README.md | head -n 1)
# the indented block behind the command, up to the next line of prose
sed -n '/^    \$ build\/bin\/rdbdiff /,/^[^ ]/p' README.md | sed -e '1d' -e '$d' -e 's/^    //' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$shown"
# shellcheck disable=SC2086
"$bin"/rdbdiff $command >"$real"
status=$?
echo "1..2"
[ "$status" -eq 1 ] && echo "ok 1 - the README's sample finds lost jobs" || echo "not ok 1 - the README's sample ends with $status"
if diff "$shown" "$real" >/dev/null; then echo "ok 2 - the README shows its output"
else
    echo "not ok 2 - the README shows another output"
    diff "$shown" "$real" | sed 's/^/# /'
fi
