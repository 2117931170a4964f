#!/bin/sh
# Builds the programs that the object store is compared with, from Go modules, into ~/.cache/millrace/bin:
#   versitygw (2.2 min of CPU), mc (about 2 min), minio (4.5 min).
# Usage: bench/build-peers.sh [versitygw] [mc] [minio]      (default: all three)
# Go's build cache makes it resumable: STEP_SECONDS=110 stops after that long with exit code 75, run it again to go on.
set -eu

BIN="${MILLRACE_CACHE:-$HOME/.cache/millrace}/bin"
mkdir -p "$BIN"
export GOBIN="$BIN" CGO_ENABLED=0 GOFLAGS="-buildvcs=false -p=2"

build() {
  name=$1 coordinate=$2
  if [ -x "$BIN/$name" ]; then echo "$name is there: $BIN/$name"; return; fi
  echo "building $name from $coordinate"
  if [ -n "${STEP_SECONDS:-}" ]; then
    timeout "$STEP_SECONDS" go install -trimpath -ldflags '-s -w' "$coordinate" || { code=$?; [ "$code" = 124 ] && exit 75; exit "$code"; }
  else
    go install -trimpath -ldflags '-s -w' "$coordinate"
  fi
}

for peer in "${@:-versitygw mc minio}"; do
  for name in $peer; do
    case $name in
      versitygw) build versitygw github.com/versity/versitygw/cmd/versitygw@v1.8.0 ;;
      mc) build mc github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9 ;;
      minio) build minio github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c ;;
      *) echo "unknown peer '$name': versitygw, mc or minio" >&2; exit 64 ;;
    esac
  done
done
