#!/bin/bash
# Every damaged snapshot of the corpus against the sound one it was made from, either way round: trouble is exit 2 and a
# sentence that names the file; nothing crashes. One TAP line a file.
set -u
cd "$(dirname "$0")/../.." || exit 2
rdbdiff=${BIN:-build/bin}/rdbdiff
folder=${RDBKIT_CORPUS:-}/damaged/rdb
number=0

if [ ! -e "$folder/index.json" ]; then
    echo "1..1"
    echo "ok 1 - damaged snapshots # SKIP the corpus is not here"
    exit 0
fi
while IFS=$'\t' read -r file expect; do
    number=$((number + 1))
    sound=$folder/$(cut -d- -f1,2 <<<"$file")-base.rdb
    wrong=
    for pair in "$sound $folder/$file" "$folder/$file $sound"; do
        read -r old new <<<"$pair"
        said=$("$rdbdiff" -q "$old" "$new" 2>&1 >/dev/null)
        status=$?
        case $status in
        0 | 1) [ "$expect" = error ] && wrong="exit $status although $expect" ;;
        2) grep -q "^rdbdiff: cannot read .*$file: " <<<"$said" || wrong="exit 2, and only: $said" ;;
        *) wrong="exit $status: $said" ;;
        esac
        [ "$expect" = loads ] && [ "$status" -gt 1 ] && wrong="exit $status although it loads: $said"
    done
    if [ -z "$wrong" ]; then echo "ok $number - $file"; else echo "not ok $number - $file: $wrong"; fi
done < <(jq -r '.[] | [.file, .expect] | @tsv' "$folder/index.json")
echo "1..$number"
