#!/usr/bin/env bash
# The sample shop as a running service: a private PostgreSQL (Unix socket only) with the shop's tables, and aisle
# following it. Everything lies in build/demo and is there again at the next start.
#   demo.sh start [--detach] [--port N] | stop | remove
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

home="$PWD/build/demo"
binary="$PWD/build/release/aisle"
export LC_ALL=C.UTF-8 PGUSER=aisle PGDATABASE=shop
export PGOPTIONS='-c client_min_messages=warning'
unset PGHOST PGPORT PGPASSWORD PGSERVICE

source data/demo/shop_database.sh

# The process of a former start, as long as it is ours.
running_aisle() {
  local pid
  pid=$(cat "$home/aisle.pid" 2>/dev/null) || return 1
  [[ -n "$pid" && "$({ tr '\0' ' ' < "/proc/$pid/cmdline"; } 2>/dev/null)" == *"$home/aisle.json"* ]] && echo "$pid"
}

require_free() {
  ! (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null ||
    die "port $1 is taken; choose another: ./run demo --port N (N and N+1 are used), or AISLE_LISTEN__PORT=N"
}

write_config() {
  cat > "$home/aisle.json" <<CONF
{
  "data_dir": "index",
  "listen": {"port": $port},
  "admin": {"port": $admin_port},
  "web": "../../web/search",
  "indexes": [{"schema": "../../data/demo/products.json", "connection": "host=$postgres user=aisle dbname=shop"}]
}
CONF
}

start_aisle() {
  : > "$home/aisle.out"
  # A session of its own: Ctrl-C is then ours alone to pass on.
  AISLE_LISTEN__PORT=$port AISLE_ADMIN__PORT=$admin_port \
    setsid "$binary" serve --config "$home/aisle.json" --web web/search > "$home/aisle.out" 2> "$home/aisle.log" &
  echo $! > "$home/aisle.pid"
}

# Waits until the index is built. 1: aisle ended.
await_ready() {
  local waited
  for ((waited = 0; waited < 1200; ++waited)); do
    kill -0 "$(< "$home/aisle.pid")" 2>/dev/null || return 1
    url=$(sed -n 's/^aisle .* serves \(http:[^ ]*\).*/\1/p' "$home/aisle.out")
    [[ -n "$url" ]] && curl -fsS -m 2 "$url/readyz" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  die "aisle is not ready after two minutes, see $home/aisle.log"
}

start_service() {
  start_aisle
  if ! await_ready; then
    tail -5 "$home/aisle.log" >&2
    die "aisle did not start, see $home/aisle.log"
  fi
  grep -q NEEDS_REINDEX "$home/aisle.log" || return 0
  say "The sample's schema has changed: building its index anew beside the old one ..."
  "$binary" reindex products --wait --admin "$(sed -n 's/.*(admin \(http:[^)]*\)).*/\1/p' "$home/aisle.out")" > "$home/reindex.log" ||
    die "the rebuild failed, see $home/reindex.log"
}

tell() {
  local query="$url/v1/indexes/products/search?q=wireles+headphnes&per_page=3" id
  id=$(curl -fsS "$query" | python3 -c 'import json, sys; print(json.load(sys.stdin)["hits"][0]["id"])')
  cat <<TEXT

The sample shop is open:  $url/

Try next
  1. Open that page and misspell something.
  2. Ask the API, two typos included:
       curl '$query'
  3. Change a price in PostgreSQL and ask again; it takes well under a second to show:
       psql -h $postgres -U aisle shop -c 'UPDATE prices SET price = 1 WHERE product_id = $id'
  4. Read README.md for your own catalogue, docs/search-api.md for all of the API.
TEXT
}

stop_aisle() {
  local pid
  pid=$(running_aisle) || { rm -f "$home/aisle.pid"; return 0; }
  kill -TERM "$pid"
  tail --pid="$pid" -f /dev/null
  rm -f "$home/aisle.pid"
}

stop() {
  trap '' INT TERM
  trap - EXIT
  stop_aisle
  stop_postgres
}

stop_told() { stop && say "" "The sample shop is stopped."; }

# verb_start [--detach] [--port N]
verb_start() {
  local detach="" pid status=0
  port=${AISLE_LISTEN__PORT:-8700}
  while (($#)); do
    case "$1" in
      --detach) detach=yes ;;
      --port) port="${2:?--port needs a number}"; shift ;;
      *) die "unknown option $1" ;;
    esac
    shift
  done
  [[ "$port" =~ ^[0-9]{1,5}$ ]] && ((port <= 65534)) || die "port is \"$port\", expected 0 to 65534"
  admin_port=${AISLE_ADMIN__PORT:-$((port == 0 ? 0 : port + 1))}
  choose_postgres_folder
  if pid=$(running_aisle); then
    say "The sample shop is already running (process $pid): $(sed -n 's/^aisle .* serves \([^ ]*\).*/\1/p' "$home/aisle.out")/"
    say "./run stop ends it."
    return 0
  fi
  ((port == 0)) || require_free "$port"
  ((admin_port == 0)) || require_free "$admin_port"
  trap 'stop_told; exit 130' INT
  trap 'stop_told; exit 143' TERM
  trap stop EXIT
  start_postgres
  load_shop
  write_config
  start_service
  tell
  if [[ -n "$detach" ]]; then
    trap - EXIT INT TERM
    say "  It runs in the background; ./run stop ends it."
    return 0
  fi
  say "  Ctrl-C ends it; the data stays for the next start."
  wait "$(< "$home/aisle.pid")" || status=$?
  die "aisle ended by itself ($status), see $home/aisle.log"
}

verb_stop() {
  [[ -s "$home/postgres_folder" ]] || { say "The sample shop is not running."; return 0; }
  choose_postgres_folder
  stop
  say "The sample shop is stopped."
}

verb_remove() {
  [[ -s "$home/postgres_folder" ]] || return 0
  verb_stop
  rm -rf "$postgres" "$home"
}

case "${1:-}" in
  start | stop | remove) verb="verb_$1"; shift; "$verb" "$@" ;;
  *) sed -n 's/^#   /usage: /p' "$0" >&2; exit 2 ;;
esac
