#!/usr/bin/env bash
# The sample shop on a whole cluster, all on this machine: PostgreSQL, three nats-servers, two indexers of which
# one feeds, three query nodes with all of the index each, and HAProxy before them. Everything lies in
# build/cluster and is there again at the next start.
#   cluster.sh start [--detach] [--port N] | stop | remove
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

home="$PWD/build/cluster"
binary="$PWD/build/release/aisle"
export LC_ALL=C.UTF-8 PGUSER=aisle PGDATABASE=shop
export PGOPTIONS='-c client_min_messages=warning'
unset PGHOST PGPORT PGPASSWORD PGSERVICE
source data/demo/shop_database.sh

processes=(nats-1 nats-2 nats-3 index-1 index-2 node-1 node-2 node-3 haproxy)

program() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" || die "$1 is not installed"; }

# Ports: the balancer's is $port; node i has $port+10+i, +20+i for administration, +30+i for other nodes; indexers
# have 40, 50 and 60, nats-servers 70 and 80.
port_of() { echo $((port + $1)); }

require_free() {
  ! (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null ||
    die "port $1 is taken; choose others: ./run cluster --port N (N to N+89 are used)"
}

# The process of a former start, as long as it is ours.
running() {
  local pid
  pid=$(cat "$home/$1.pid" 2>/dev/null) || return 1
  [[ -n "$pid" && "$({ tr '\0' ' ' < "/proc/$pid/cmdline"; } 2>/dev/null)" == *"$home/$1."* ]] && echo "$pid"
}

# start_process NAME COMMAND...  in a session of its own: Ctrl-C is then ours alone to pass on.
start_process() {
  local name="$1"
  shift
  running "$name" >/dev/null && return 0
  setsid "$@" >> "$home/$name.out" 2>> "$home/$name.log" < /dev/null &
  echo $! > "$home/$name.pid"
}

start_nats() {
  local i route routes=""
  for i in 1 2 3; do routes+="\"nats://127.0.0.1:$(port_of $((80 + i)))\", "; done
  for i in 1 2 3; do
    cat > "$home/nats-$i.conf" <<CONF
server_name: nats-$i
listen: 127.0.0.1:$(port_of $((70 + i)))
jetstream { store_dir: "$home/nats-$i", max_mem: 256MB, max_file: 64GB }
cluster { name: shop, listen: 127.0.0.1:$(port_of $((80 + i))), routes: [ $routes ] }
CONF
    start_process "nats-$i" "$(program nats-server)" -c "$home/nats-$i.conf"
  done
}

# write_config NAME NUMBER PUBLIC ADMIN INTERNAL
write_config() {
  cat > "$home/$1.json" <<CONF
{
  "data_dir": "$1",
  "listen": {"port": $(port_of $(($3 + $2)))},
  "admin": {"port": $(port_of $(($4 + $2)))},
  "web": "../../web/search",
  "indexes": [{"schema": "../../data/demo/products.json", "connection": "host=$postgres user=aisle dbname=shop", "shards": 2}],
  "cluster": {
    "name": "shop",
    "self": "$1",
    "listen": {"port": $(port_of $(($5 + $2)))},
    "nats": ["nats://127.0.0.1:$(port_of 71)", "nats://127.0.0.1:$(port_of 72)", "nats://127.0.0.1:$(port_of 73)"]
  }
}
CONF
}

start_members() {
  local i
  for i in 1 2; do
    write_config "index-$i" "$i" 40 50 60
    start_process "index-$i" "$binary" index --config "$home/index-$i.json"
  done
  for i in 1 2 3; do
    write_config "node-$i" "$i" 10 20 30
    start_process "node-$i" "$binary" serve --config "$home/node-$i.json"
  done
}

start_balancer() {
  local i
  {
    cat <<CONF
global
    maxconn 2000
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 10s
frontend shop
    bind 127.0.0.1:$port
    default_backend search
backend search
    option httpchk GET /readyz
    http-check expect status 200
    retries 2
    timeout server 1500ms
    retry-on conn-failure empty-response response-timeout 503
    option redispatch
    balance leastconn
CONF
    for i in 1 2 3; do
      echo "    server node-$i 127.0.0.1:$(port_of $((10 + i))) maxconn 200 check inter 500ms fall 1 rise 2"
    done
  } > "$home/haproxy.cfg"
  start_process haproxy "$(program haproxy)" -f "$home/haproxy.cfg"
}

# Waits until every query node may be searched, but for those that an operator has taken out: that order outlives a restart.
await_ready() {
  local waited i ready answer
  for ((waited = 0; waited < 1800; ++waited)); do
    ready=0
    for i in 1 2 3; do
      running "node-$i" >/dev/null || die "node-$i has ended, see $home/node-$i.log"
      answer=$(curl -sS -m 2 "http://127.0.0.1:$(port_of $((10 + i)))/readyz" 2>/dev/null) || continue
      [[ "$answer" != *'"ready"'* && "$answer" != *'"draining"'* ]] || ready=$((ready + 1))
    done
    ((ready < 3)) || curl -fsS -m 2 "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 || ready=0
    ((ready < 3)) || return 0
    sleep 0.1
  done
  "$binary" cluster status --config "$home/node-1.json" >&2 || true
  die "the cluster is not ready after three minutes, see $home/*.log"
}

tell() {
  local query="http://127.0.0.1:$port/v1/indexes/products/search?q=wireles+headphnes&per_page=3" id
  id=$(curl -fsS "$query" | python3 -c 'import json, sys; print(json.load(sys.stdin)["hits"][0]["id"])')
  cat <<TEXT

The sample shop is open:  http://127.0.0.1:$port/     (HAProxy; the nodes behind it: ports $(port_of 11) to $(port_of 13))

Try next
  1. See who is there, who feeds the index and how far everybody is:
       $binary cluster status --config $home/node-1.json
  2. Kill a query node, or the indexer that leads, and search on:
       kill -9 \$(cat $home/node-1.pid)
     ./run cluster starts again what is gone.
  3. Change a price in PostgreSQL and ask every node:
       psql -h $postgres -U aisle shop -c 'UPDATE prices SET price = 1 WHERE product_id = $id'
  4. Take a node out before you work on it, and in again:
       $binary cluster drain --config $home/node-1.json node-2
       $binary cluster undrain --config $home/node-1.json node-2
  5. Read docs/scaling.md.
TEXT
}

stop_process() {
  local pid
  pid=$(running "$1") || { rm -f "$home/$1.pid"; return 0; }
  kill -TERM "$pid"
  tail --pid="$pid" -f /dev/null
  rm -f "$home/$1.pid"
}

# The balancer first, so that nobody asks; then all members at a time, since each of them drains.
stop() {
  local name pid
  trap '' INT TERM
  trap - EXIT
  stop_process haproxy
  for name in index-1 index-2 node-1 node-2 node-3; do
    ! pid=$(running "$name") || kill -TERM "$pid"
  done
  for name in "${processes[@]}"; do
    [[ "$name" == haproxy || "$name" == nats-* ]] || { pid=$(running "$name") && tail --pid="$pid" -f /dev/null; rm -f "$home/$name.pid"; }
  done
  for name in nats-1 nats-2 nats-3; do stop_process "$name"; done
  stop_postgres
}

stop_told() { stop && say "" "The cluster is stopped."; }

# verb_start [--detach] [--port N]
verb_start() {
  local detach="" name status=0
  port=8800
  while (($#)); do
    case "$1" in
      --detach) detach=yes ;;
      --port) port="${2:?--port needs a number}"; shift ;;
      *) die "unknown option $1" ;;
    esac
    shift
  done
  [[ "$port" =~ ^[0-9]{1,5}$ ]] && ((port >= 1024 && port <= 65446)) || die "port is \"$port\", expected 1024 to 65446"
  mkdir -p "$home"
  choose_postgres_folder
  trap 'stop_told; exit 130' INT
  trap 'stop_told; exit 143' TERM
  # What ran before goes on, whatever becomes of this start.
  running haproxy >/dev/null || { require_free "$port"; trap stop EXIT; }
  start_postgres
  load_shop
  start_nats
  start_members
  start_balancer
  await_ready
  tell
  if [[ -n "$detach" ]]; then
    trap - EXIT INT TERM
    say "  It runs in the background; ./run cluster stop ends it."
    return 0
  fi
  say "  Ctrl-C ends it; the data stays for the next start."
  wait "$(< "$home/haproxy.pid")" || status=$?
  die "HAProxy ended by itself ($status), see $home/haproxy.log"
}

verb_stop() {
  [[ -s "$home/postgres_folder" ]] || { say "The cluster is not running."; return 0; }
  choose_postgres_folder
  stop
  say "The cluster is stopped."
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
