# The sample shop's private PostgreSQL, for processes.sh: everything lies in $home. To be sourced.

say() { printf '%s\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# PostgreSQL refuses to run as root: then it runs as its own user.
as_server() { if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

server_program() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null | sort -V | tail -1)
  [[ -n "$found" ]] || found=$(command -v "$1") || die "PostgreSQL's server is not installed: no $1"
  echo "$found"
}

# Where PostgreSQL lies: in build/demo, unless its user cannot get there or the path is too long for a socket.
choose_postgres_folder() {
  mkdir -p "$home"
  if [[ ! -s "$home/postgres_folder" ]]; then
    local folder="$home/postgres"
    if ((${#folder} > 80)) || ! as_server test -x "$home"; then
      folder="/var/tmp/aisle-demo-$(printf '%s' "$home" | cksum | cut -d' ' -f1)"
    fi
    printf '%s' "$folder" > "$home/postgres_folder"
  fi
  postgres=$(< "$home/postgres_folder")
  export PGHOST="$postgres"
}

is_postgres_up() { as_server "$(server_program pg_ctl)" -D "$postgres/data" status >/dev/null 2>&1; }

create_postgres() {
  rm -rf "$postgres"
  mkdir -m 700 "$postgres"
  ((EUID != 0)) || chown postgres: "$postgres"
  as_server "$(server_program initdb)" -D "$postgres/new" -U aisle -A trust -E UTF8 --locale=C.UTF-8 \
    --no-instructions > "$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; die "initdb failed"; }
  as_server tee -a "$postgres/new/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$postgres'
wal_level = logical
max_slot_wal_keep_size = 1GB
CONF
  mv "$postgres/new" "$postgres/data"
}

start_postgres() {
  [[ -d "$postgres/data" ]] || create_postgres
  is_postgres_up && return 0
  as_server "$(server_program pg_ctl)" -D "$postgres/data" -l "$postgres/log" -w -t 60 start >/dev/null ||
    { tail -20 "$postgres/log" >&2; die "PostgreSQL did not start"; }
}

load_shop() {
  local quiet=(-X -q -v ON_ERROR_STOP=1)
  [[ -z "$(psql -X -Atc "SELECT 1 FROM pg_database WHERE datname = 'shop'" postgres)" ]] || return 0
  say "Loading the sample shop into PostgreSQL ..."
  python3 data/demo/generate.py --format sql --out "$home/csv" > "$home/generate.log"
  psql "${quiet[@]}" -c 'DROP DATABASE IF EXISTS shop_loading' -c 'CREATE DATABASE shop_loading' postgres
  psql "${quiet[@]}" -f data/demo/shop.sql shop_loading
  psql "${quiet[@]}" -v dir="$home/csv" -f data/demo/load.sql shop_loading
  psql "${quiet[@]}" -c 'ALTER DATABASE shop_loading RENAME TO shop' postgres
  rm -rf "$home/csv"
}

stop_postgres() {
  [[ -d "$postgres/data" ]] && is_postgres_up || return 0
  as_server "$(server_program pg_ctl)" -D "$postgres/data" -m fast -w -t 60 stop >/dev/null
}
