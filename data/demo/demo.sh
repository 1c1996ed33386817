#!/usr/bin/env bash
# The sample shop as a running service: a private PostgreSQL (Unix socket only) with the shop's tables, and aisle
# following it. Everything lies in build/demo and is there again at the next start.
#   demo.sh start [--detach] [--port N] | stop | remove
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

home="$PWD/build/demo"
title="sample shop"
command="./run demo"
source data/demo/processes.sh

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
  : > "$home/aisle.log"
  AISLE_LISTEN__PORT=$port AISLE_ADMIN__PORT=$admin_port \
    start_process aisle "$binary" serve --config "$home/aisle.json" --web web/search
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
  id=$(found_product "$query")
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

stop() {
  trap '' INT TERM
  trap - EXIT
  stop_process aisle
  stop_postgres
}

# verb_start [--detach] [--port N]
verb_start() {
  local pid
  read_options "${AISLE_LISTEN__PORT:-8700}" 0 65534 "$@"
  admin_port=${AISLE_ADMIN__PORT:-$((port == 0 ? 0 : port + 1))}
  choose_postgres_folder
  if pid=$(running aisle); then
    say "The sample shop is already running (process $pid): $(sed -n 's/^aisle .* serves \([^ ]*\).*/\1/p' "$home/aisle.out")/"
    say "./run stop ends it."
    return 0
  fi
  ((port == 0)) || require_free "$port" "N and N+1 are used, or AISLE_LISTEN__PORT=N"
  ((admin_port == 0)) || require_free "$admin_port" "N and N+1 are used, or AISLE_ADMIN__PORT=N"
  stop_on_signals
  trap stop EXIT
  start_postgres
  load_shop
  write_config
  start_service
  tell
  go_on aisle "./run stop"
}

run_verb "$@"
