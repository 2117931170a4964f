#!/bin/bash
# The official image's interface: POSTGRES_USER, _PASSWORD, _DB (each also as _FILE), POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA,
# scripts in /docker-entrypoint-initdb.d on the first start, and options of postgres as the command.
set -euo pipefail

fail() { echo "Error: $*" >&2; exit 1; }

# from_file NAME [default]: NAME, or the content of the file that NAME_FILE names.
from_file() {
  local name=$1 file="${1}_FILE" value=${2:-}
  if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then fail "both $name and $file are set (but are exclusive)"; fi
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file:-}" ]; then value=$(<"${!file}"); fi
  export "$name"="$value"
  unset "$file"
}

run_script() {
  case $1 in
    *.sh) if [ -x "$1" ]; then echo "$0: running $1"; "$1"; else echo "$0: sourcing $1"; . "$1"; fi ;;
    *.sql) echo "$0: running $1"; sql --dbname "$POSTGRES_DB" -f "$1"; echo ;;
    *.sql.gz) echo "$0: running $1"; gunzip -c "$1" | sql --dbname "$POSTGRES_DB"; echo ;;
    *) echo "$0: ignoring $1" ;;
  esac
}

# The environment of the learner's scripts is the official image's: they call psql with POSTGRES_USER and POSTGRES_DB.
sql() { PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --no-password "$@"; }

initialise() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    cat >&2 <<'TEXT'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
TEXT
    exit 1
  fi
  # Word splitting of the arguments is the interface.
  # shellcheck disable=SC2086
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  # Only its socket is open meanwhile: nobody from outside meets a half-made database.
  # Without arguments printf would quote one that is empty.
  local options=''
  if [ $# -gt 1 ]; then options=$(printf '%q ' "${@:2}"); fi
  PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -o "$options -c listen_addresses='' -p 5432" -w start
  export PGPASSWORD="$POSTGRES_PASSWORD"
  if [ "$POSTGRES_DB" != postgres ]; then
    POSTGRES_DB='' sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db" ;'
  fi
  local script
  for script in /docker-entrypoint-initdb.d/*; do [ -e "$script" ] && run_script "$script"; done
  unset PGPASSWORD
  PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -m fast -w stop
  echo 'PostgreSQL init process complete; ready for start up.'
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    find "$PGDATA" ! -user postgres -exec chown postgres {} +
    exec setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql "$0" "$@"
  fi
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initialise "$@"
  else
    echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
  fi
fi
exec "$@"
