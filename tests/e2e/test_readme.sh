#!/bin/bash
# What the README shows is what happens: each sample output, word for word. A sample is a command behind "    $ build/bin/"
# and the indented lines below it.
cd "$(dirname "$0")/../.." || exit 2
bin=${BIN:-build/bin}
shown=$(mktemp) real=$(mktemp)
trap 'rm -f "$shown" "$real"' EXIT
number=0
while IFS=: read -r line command; do
    number=$((number + 1))
    command=${command#'    $ build/bin/'}
    # the indented block behind the command, up to the next line of prose
    tail -n "+$((line + 1))" README.md | sed -n '/^[^ ]/q;p' | sed -e 's/^    //' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$shown"
    # shellcheck disable=SC2086
    "$bin"/$command >"$real"
    status=$?
    if [ "$status" -gt 1 ]; then
        echo "not ok $number - $command ends with $status"
    elif diff "$shown" "$real" >/dev/null; then
        echo "ok $number - the README shows what it prints: $command"
    else
        echo "not ok $number - the README shows another output: $command"
        diff "$shown" "$real" | sed 's/^/# /'
    fi
done < <(grep -n '^    \$ build/bin/' README.md)
echo "1..$number"
