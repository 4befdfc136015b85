#!/bin/sh
# deps: installs the Debian packages that are missing for the purposes named: build, test, bench, fuzz.
set -eu

packages_of() {
    case $1 in
    build) echo gcc make pkg-config zlib1g-dev libzstd-dev libxxhash-dev libisal-dev libjansson-dev \
        libsmartcols-dev libsodium-dev libmd-dev ;;
    test) echo libcunit1-dev liblzf-dev clang jq redis-server mandoc bsdextrautils zstd gzip openssl ruby-sidekiq ;;
    bench) echo liblzf-dev redis-server redis-tools xxhash hyperfine jq time ;;
    fuzz) echo liblzf-dev clang libclang-rt-14-dev ;;
    *) echo "deps: no such purpose: $1" >&2; exit 2 ;;
    esac
}

if ! command -v dpkg-query >/dev/null; then
    echo "deps: no Debian here: what is needed is listed in $0" >&2
    exit 0
fi
missing=
for purpose in "$@"; do
    for package in $(packages_of "$purpose"); do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
root=
[ "$(id -u)" = 0 ] || root=sudo
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -q >/dev/null
# shellcheck disable=SC2086
$root apt-get install -q -y --no-install-recommends $missing >/dev/null
