#!/usr/bin/env bash
# Brings up a Docker engine on a Debian machine that has none, with Compose and buildx, all from Debian's packages, and builds the course's
# images that are not there yet. Idempotent: on a machine where an engine answers and the images are built it takes a second.
# The pid of an engine that this script started is in $MILLRACE_DOCKERD_PID_FILE, when that is set: whoever called ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

plugins=/usr/libexec/docker/cli-plugins

install_engine() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io debootstrap
}

# Debian 12 has neither plugin: the packages of Debian 13 are unpacked, not installed, so that nothing else of it comes along.
install_plugins() {
  local work mirror
  work=$(mktemp -d)
  mirror=$(grep -rhoE '^(URIs: |deb (\[[^]]*\] )?)[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -oE '[a-z]+://[^ ]+' | head -n 1)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$plugins"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources"
  local options=(-o "Dir::Etc::sourcelist=$work/sources" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache")
  apt-get "${options[@]}" update -qq
  (cd "$work" && apt-get "${options[@]}" download docker-compose docker-buildx && for deb in *.deb; do dpkg -x "$deb" unpacked; done)
  cp "$work"/unpacked/usr/libexec/docker/cli-plugins/* "$plugins/"
  rm -rf "$work"
}

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

start_engine() {
  local log=/var/log/dockerd.log pid
  rm -f /var/run/docker.pid
  # In a session of its own and without our streams: a Ctrl-C here must not end it, and it must not keep a pipe of ours open.
  setsid dockerd >"$log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 300); do
    if answers; then
      [ -z "${MILLRACE_DOCKERD_PID_FILE:-}" ] || echo "$pid" >"$MILLRACE_DOCKERD_PID_FILE"
      return 0
    fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    read -rt 0.1 <> <(:) || true
  done
  echo "the Docker engine did not start; the end of its log:" >&2
  tail -n 5 "$log" >&2
  return 1
}

# Without an init system everything else lies in the root of the cgroup tree, where all containers together weigh as much as one process.
weigh_containers() {
  local group=/sys/fs/cgroup/cpu/docker
  [ -w /sys/fs/cgroup/cpu ] || return 0
  mkdir -p "$group" 2>/dev/null && echo 8192 >"$group/cpu.shares" || true
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { command -v dockerd && command -v debootstrap; } >/dev/null || { answers && command -v debootstrap >/dev/null; } || install_engine
  { docker compose version && docker buildx version; } >/dev/null 2>&1 || install_plugins
  answers || start_engine
  weigh_containers
fi
answers || { echo "no Docker engine answers, and this script can start one only as root on Debian" >&2; exit 1; }
