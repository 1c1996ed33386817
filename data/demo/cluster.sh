#!/usr/bin/env bash
# The sample shop on a whole cluster, all on this machine: PostgreSQL, three nats-servers, two indexers of which
# one feeds, three query nodes with all of the index each, and HAProxy before them. Everything lies in
# build/cluster and is there again at the next start.
#   cluster.sh start [--detach] [--port N] | stop | remove
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

home="$PWD/build/cluster"
title="cluster"
command="./run cluster"
source data/demo/processes.sh

processes=(nats-1 nats-2 nats-3 index-1 index-2 node-1 node-2 node-3 haproxy)

program() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" || die "$1 is not installed"; }

# Ports: the balancer's is $port; node i has $port+10+i, +20+i for administration, +30+i for other nodes; indexers
# have 40, 50 and 60, nats-servers 70 and 80.
port_of() { echo $((port + $1)); }

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
  id=$(found_product "$query")
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

# verb_start [--detach] [--port N]
verb_start() {
  read_options 8800 1024 65446 "$@"
  program nats-server > /dev/null
  program haproxy > /dev/null
  mkdir -p "$home"
  choose_postgres_folder
  stop_on_signals
  # What ran before goes on, whatever becomes of this start.
  running haproxy >/dev/null || { require_free "$port" "N to N+89 are used"; trap stop EXIT; }
  start_postgres
  load_shop
  start_nats
  start_members
  start_balancer
  await_ready
  tell
  go_on haproxy "./run cluster stop"
}

run_verb "$@"
