#!/bin/bash
# The official image's interface: BOOTSTRAP_SERVERS, GROUP_ID, the three *_STORAGE_TOPIC, KEY_CONVERTER, VALUE_CONVERTER, HEAP_OPTS, LOG_LEVEL,
# ENABLE_APICURIO_CONVERTERS, and every property of the worker as CONNECT_<NAME>.
set -euo pipefail

if [ "${1:-}" != start ]; then exec "$@"; fi

: "${BOOTSTRAP_SERVERS:=0.0.0.0:9092}" "${GROUP_ID:=1}" "${HOST_NAME:=0.0.0.0}" "${REST_PORT:=8083}"
: "${ADVERTISED_HOST_NAME:=$(hostname -i | cut -d' ' -f1)}" "${ADVERTISED_PORT:=$REST_PORT}"
for name in CONFIG_STORAGE_TOPIC OFFSET_STORAGE_TOPIC; do
  if [ -z "${!name:-}" ]; then echo "The $name variable must be set." >&2; exit 1; fi
done

# What a service of its own sets by name is a default of the property; CONNECT_<NAME> has the last word.
default() { local name="CONNECT_$1"; if [ -z "${!name:-}" ]; then export "$name=$2"; fi; }
default BOOTSTRAP_SERVERS "$BOOTSTRAP_SERVERS"
default GROUP_ID "$GROUP_ID"
default CONFIG_STORAGE_TOPIC "$CONFIG_STORAGE_TOPIC"
default OFFSET_STORAGE_TOPIC "$OFFSET_STORAGE_TOPIC"
default STATUS_STORAGE_TOPIC "${STATUS_STORAGE_TOPIC:-connect-status}"
default CONFIG_STORAGE_REPLICATION_FACTOR 1
default OFFSET_STORAGE_REPLICATION_FACTOR 1
default STATUS_STORAGE_REPLICATION_FACTOR 1
default KEY_CONVERTER "${KEY_CONVERTER:-org.apache.kafka.connect.json.JsonConverter}"
default VALUE_CONVERTER "${VALUE_CONVERTER:-org.apache.kafka.connect.json.JsonConverter}"
default LISTENERS "http://$HOST_NAME:$REST_PORT"
default REST_ADVERTISED_HOST_NAME "$ADVERTISED_HOST_NAME"
default REST_ADVERTISED_PORT "$ADVERTISED_PORT"
default OFFSET_FLUSH_INTERVAL_MS "${OFFSET_FLUSH_INTERVAL_MS:-60000}"
default OFFSET_FLUSH_TIMEOUT_MS "${OFFSET_FLUSH_TIMEOUT_MS:-5000}"
default TASK_SHUTDOWN_GRACEFUL_TIMEOUT_MS "${SHUTDOWN_TIMEOUT:-10000}"
# Every plugin of this image says what it holds; reading all classes instead takes half a minute.
default PLUGIN_DISCOVERY service_load

rm -rf "$KAFKA_CONNECT_PLUGINS_DIR/apicurio"
if [ "${ENABLE_APICURIO_CONVERTERS:-false}" = true ]; then
  ln -s "$EXTERNAL_LIBS_DIR/apicurio" "$KAFKA_CONNECT_PLUGINS_DIR/apicurio"
  echo 'Apicurio connectors enabled!'
fi

properties=$KAFKA_HOME/config/connect-distributed.properties
: >"$properties"
while IFS= read -r name; do
  property=$(tr 'A-Z_' 'a-z.' <<<"${name#CONNECT_}")
  printf '%s=%s\n' "$property" "${!name}" >>"$properties"
  case $property in *password* | *jaas* | *secret*) echo "--- Setting property from $name: $property=[hidden]" ;; *) echo "--- Setting property from $name: $property=${!name}" ;; esac
done < <(compgen -e | grep '^CONNECT_' | sort)

export KAFKA_HEAP_OPTS="${HEAP_OPTS:-${KAFKA_HEAP_OPTS:--Xms128M -Xmx256M}}"
export KAFKA_JVM_PERFORMANCE_OPTS="${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true}"
export KAFKA_LOG4J_OPTS="${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$KAFKA_HOME/config/log4j2.yaml}" LOG_DIR=$KAFKA_HOME/logs
exec "$KAFKA_HOME/bin/kafka-run-class.sh" org.apache.kafka.connect.cli.ConnectDistributed "$properties"
