#!/bin/sh
# The official image's start: templates are filled in from the environment, scripts of /docker-entrypoint.d run, then the command.
set -e
log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"; }

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
  suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
  output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
  # Only variables that are set: nginx's own ($host, $uri) stay as they are.
  defined=$(env | cut -d= -f1 | grep -E "${NGINX_ENVSUBST_FILTER:-}" | sed 's/.*/${&}/' | tr '\n' ' ')
  if [ -d "$templates" ]; then
    find "$templates" -follow -type f -name "*$suffix" -print | sort | while read -r template; do
      relative=${template#"$templates/"}
      mkdir -p "$output/$(dirname "$relative")"
      log "running envsubst on $template"
      envsubst "$defined" <"$template" >"$output/${relative%"$suffix"}"
    done
  fi
  find /docker-entrypoint.d/ -follow -type f -print | sort -V | while read -r script; do
    case $script in
      *.envsh) log "sourcing $script is done by the shell that reads it; make it a .sh" ;;
      *.sh) if [ -x "$script" ]; then log "launching $script"; "$script"; else log "ignoring $script, not executable"; fi ;;
      *) log "ignoring $script" ;;
    esac
  done
  log 'Configuration complete; ready for start up'
fi
exec "$@"
