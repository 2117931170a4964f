#!/bin/sh
# The official image's start: options and "server …" go to minio; MINIO_ROOT_USER and MINIO_ROOT_PASSWORD may come from files (…_FILE).
set -e
for name in MINIO_ROOT_USER MINIO_ROOT_PASSWORD; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ] && [ -f "$file" ]; then export "$name=$(cat "$file")"; fi
  unset "${name}_FILE"
done
if [ "$1" != minio ] && [ "$1" != mc ] && [ -n "$1" ] && ! command -v "$1" >/dev/null; then set -- minio "$@"; fi
exec "$@"
