# What demo.sh and cluster.sh have in common. Everything of theirs lies in $home; a process of theirs is known by
# $home/NAME.pid and by a file $home/NAME.* on its command line. $title says what it is to people, $command what starts it. To be
# sourced from the top of the source tree.

binary="$PWD/build/release/aisle"
export LC_ALL=C.UTF-8 PGUSER=aisle PGDATABASE=shop
export PGOPTIONS='-c client_min_messages=warning'
unset PGHOST PGPORT PGPASSWORD PGSERVICE
source data/demo/shop_database.sh

# require_free PORT WHAT_ELSE
require_free() {
  ! (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null || die "port $1 is taken; choose another: $command --port N ($2)"
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

stop_process() {
  local pid
  if pid=$(running "$1"); then
    kill -TERM "$pid"
    tail --pid="$pid" -f /dev/null
  fi
  rm -f "$home/$1.pid"
}

# read_options DEFAULT_PORT LOWEST HIGHEST OPTION...  sets port and detach.
read_options() {
  local lowest="$2" highest="$3"
  port="$1"
  detach=""
  shift 3
  while (($#)); do
    case "$1" in
      --detach) detach=yes ;;
      --port) port="${2:?--port needs a number}"; shift ;;
      *) die "unknown option $1" ;;
    esac
    shift
  done
  [[ "$port" =~ ^[0-9]{1,5}$ ]] && ((port >= lowest && port <= highest)) ||
    die "port is \"$port\", expected $lowest to $highest"
}

# A product that a search at this address finds.
found_product() {
  curl -fsS "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["hits"][0]["id"])'
}

stop_told() { stop && say "" "The $title is stopped."; }

stop_on_signals() {
  trap 'stop_told; exit 130' INT
  trap 'stop_told; exit 143' TERM
}

# go_on NAME STOP_COMMAND  after the start: in the background, or until that process ends.
go_on() {
  local status=0
  if [[ -n "$detach" ]]; then
    trap - EXIT INT TERM
    say "  It runs in the background; $2 ends it."
    return 0
  fi
  say "  Ctrl-C ends it; the data stays for the next start."
  wait "$(< "$home/$1.pid")" || status=$?
  die "$1 ended by itself ($status), see $home/$1.log"
}

verb_stop() {
  [[ -s "$home/postgres_folder" ]] || { say "The $title is not running."; return 0; }
  choose_postgres_folder
  stop
  say "The $title is stopped."
}

verb_remove() {
  [[ -s "$home/postgres_folder" ]] || return 0
  verb_stop
  rm -rf "$postgres" "$home"
}

# run_verb ARGUMENTS...  of the command line
run_verb() {
  case "${1:-}" in
    start | stop | remove) local verb="verb_$1"; shift; "$verb" "$@" ;;
    *) sed -n 's/^#   /usage: /p' "$0" >&2; exit 2 ;;
  esac
}
