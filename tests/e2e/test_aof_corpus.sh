#!/bin/bash
# Every append-only file of the corpus against the snapshot that the same server saved right after the last command, by
# `rdbdiff --strict`: only keys for which the servers' own replay differs (replay_differences) may differ, and where
# scripts or modules were logged as such, the answer must be "cannot tell". Damaged ones end with 2 and a sentence that
# names file and place, or load as a server does. What they hold is compared key by key in tests/unit. TAP.
# shellcheck disable=SC2016 # programs of jq
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=rdbdiff
# shellcheck source=tests/e2e/tap.sh
. tests/e2e/tap.sh
corpus=${RDBKIT_CORPUS:-}
if [ -z "$corpus" ] || [ ! -d "$corpus/aof" ]; then
    skip "logs of the corpus against its snapshots" "the corpus is not here"
    echo "1..$number"
    exit
fi

# unpack FOLDER: a copy with all files unpacked; prints the source in it
unpack() {
    local copy
    copy=$room/$(basename "$1")
    cp -r "$1" "$copy" && chmod -R u+w "$copy"
    find "$copy" -name '*.gz' -exec gunzip {} +
    [ -d "$copy/appendonlydir" ] && echo "$copy/appendonlydir" || echo "$copy/appendonly.aof"
}

# Names of findings are text, or base64 of their bytes; those of the corpus are bytes as code points.
names='
    def bytes: explode | map(if . >= 65 and . <= 90 then . - 65 elif . >= 97 and . <= 122 then . - 71
            elif . >= 48 and . <= 57 then . + 4 elif . == 43 then 62 elif . == 47 then 63 else empty end) as $v |
        [range(0; ($v | length) * 6 / 8 | floor) as $i | ($i * 8 / 6 | floor) as $from | ($i * 8 % 6) as $bit |
            (($v[$from] * 4096 + ($v[$from + 1] // 0) * 64 + ($v[$from + 2] // 0)) / pow(2; 10 - $bit) | floor) % 256] | implode;
    def name: if type == "object" then .b64 | bytes else . end;'

for folder in "$corpus"/aof/*; do
    what=$(basename "$folder")
    source=$(unpack "$folder")
    dump=$room/$what/dump.rdb
    timeout 120 rdbdiff --strict --only keys --json "$source" "$dump" >"$out" 2>"$err"
    status=$?
    jq -r '.replay_differences // [] | .[] | "\(.db) \(.key | @json)"' "$folder/meta.json" | sort >"$room/allowed"
    jq -r "$names"' .key_findings[] | "\(.db) \(.key | name | @json)"' "$out" | sort >"$room/found"
    case $what in
    redis-2.8.24-eval | redis-8.7-dev-20260625-multi-ts)
        [ "$status" -eq 2 ] && jq -e '.status == "partial" and .inputs[0].log.opaque > 0' "$out" >/dev/null &&
            says "$(basename "$source").*: [0-9,]* commands could not be replayed, the first: .*byte [0-9]+"
        result $? "$what: what cannot be replayed is told" ;;
    *)
        [ "$status" -le 1 ] && silent && [ -z "$(comm -13 "$room/allowed" "$room/found")" ]
        result $? "$what: equals what the server saved, but for $(wc -l <"$room/allowed") keys that servers replay otherwise"
        comm -13 "$room/allowed" "$room/found" | head -n 5 | sed 's/^/# /' ;;
    esac
    rm -r "${room:?}/$what"
done

tool=rdbcat
while IFS=$'\t' read -r folder loads whole; do
    source=$(unpack "$corpus/damaged/aof/$folder")
    timeout 60 rdbcat --format keys "$source" >"$out" 2>"$err"
    status=$?
    case $folder:$loads:$whole in
    *manifest-gone* | *:false:*)
        [ "$status" -eq 2 ] && says "cannot read $room/$folder" && { grep -Eq 'byte [0-9]+|manifest|line [0-9]+' "$err"; }
        result $? "$folder: refused, with file and place" ;;
    *:true)
        [ "$status" -eq 0 ] && silent
        result $? "$folder: loads" ;;
    *)
        [ "$status" -eq 2 ] && says "cannot read $room/$folder.*; [0-9]+ bytes were left out, as servers do .*byte [0-9]+" && [ -s "$out" ]
        result $? "$folder: loads without its torn end, which is told" ;;
    esac
    rm -r "${room:?}/$folder"
done < <(jq -r '.[] | [.dir, .aof_load_truncated_yes.loads, .aof_load_truncated_no.loads] | @tsv' "$corpus/damaged/aof/index.json")

echo "1..$number"
