# tap: what the tests from outside share; to be sourced with `tool` set. TAP lines, exit status and both streams of what
# was run last, a folder that goes away at the end.
# shellcheck shell=bash
bin=$(cd "${BIN:-build/bin}" && pwd)
export PATH=$bin:$PATH
room=$(mktemp -d)
trap 'chmod -R u+rwX "$room" 2>/dev/null; rm -rf "$room"' EXIT
out=$room/out err=$room/err
number=0

# result STATUS NAME: one line of TAP; 0 is good
result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        head -n 4 "$out" "$err" 2>/dev/null | cut -c1-200 | sed 's/^/# /'
    fi
}

skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# ends STATUS COMMAND...: runs it and holds both streams; false when it ends otherwise or was killed
ends() {
    local wanted=$1
    shift
    timeout 60 "$@" >"$out" 2>"$err" </dev/null
    [ $? -eq "$wanted" ]
}

# says REGEX: one line of standard error does, and there is no other but a hint
says() {
    # shellcheck disable=SC2154
    grep -Eq "^$tool: .*$1" "$err" && [ "$(grep -cv "^$tool: hint: " "$err")" -eq 1 ]
}

silent() { [ ! -s "$err" ]; }

# refuses NAME REGEX COMMAND...: exit 2, no report, and that sentence
refuses() {
    local name=$1 regex=$2
    shift 2
    ends 2 "$@" && [ ! -s "$out" ] && says "$regex"
    result $? "$name"
}

# Every example of the tool's help runs, ends with at most 1, says nothing on standard error and something on the other.
examples() {
    local command status
    while IFS= read -r command; do
        bash -o pipefail -c "$command" >"$out" 2>"$err"
        status=$?
        [ "$status" -le 1 ] && silent && [ -s "$out" ]
        result $? "example: $command"
    done < <("$tool" --help | sed -n 's/^    \$ //p')
}

# The manual page is sound, and the one in the tree is the tool's own; it is left in $room/page.
manual() {
    "$tool" --man >"$room/page" && mandoc -T lint -W warning <"$room/page" >"$out" 2>&1
    result $? "the manual page has no fault"
    cmp "$room/page" "tools/$tool.1" >"$out" 2>&1
    result $? "the manual page in the tree is the tool's own"
}
