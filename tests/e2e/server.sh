# server: a real redis-server for the tests from outside: one of our own, on a free port of the loopback, whatever else runs
# on this machine; to be sourced after tap.sh. It ends with the script, and $room goes away.
# shellcheck shell=bash
server='' port=0
trap 'server_stop; chmod -R u+rwX "$room" 2>/dev/null; rm -rf "$room"' EXIT

r() { timeout 60 redis-cli -p "$port" "$@" </dev/null 2>/dev/null; }

# server_try FOLDER OPTION...: a server in that folder, ready to answer; false when it ends instead (see FOLDER/log)
server_try() {
    local folder=$1
    shift
    mkdir -p "$folder"
    for _ in {1..20}; do
        port=$((20000 + RANDOM % 30000))
        redis-server --port "$port" --bind 127.0.0.1 --dir "$folder" --save '' --logfile "$folder/log" "$@" >/dev/null 2>&1 &
        server=$!
        for _ in {1..600}; do
            [ "$(r config get dir | tail -n 1)" = "$folder" ] && [ "$(r ping)" = PONG ] && return 0
            kill -0 "$server" 2>/dev/null || break
            sleep 0.05
        done
        server_stop
        tail -n 3 "$folder/log" | grep -q 'Address already in use' || return 1
    done
    return 1
}

# server_start FOLDER OPTION...: the same; where there can be none the test is over
server_start() {
    server_try "$@" && return
    echo "Bail out! no server: $(tail -n 1 "$1/log")"
    exit 1
}

server_stop() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
    server=
}
