#!/bin/sh
# The official image's start: options or a configuration file as the command mean the server; as root, it becomes the user valkey.
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- valkey-server "$@"; fi
if [ "$1" = valkey-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . \! -user valkey -exec chown valkey '{}' +
    exec setpriv --reuid=valkey --regid=valkey --init-groups "$0" "$@"
  fi
  umask 0077
  # Reachable from the other containers, which are its only network; a --protected-mode or a configuration file of yours has the last word.
  shift
  case "${1:-}" in *.conf) ;; *) set -- --protected-mode no "$@" ;; esac
  set -- valkey-server "$@"
fi
exec "$@"
