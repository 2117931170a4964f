#!/bin/bash
# NIFI_WEB_HTTP_HOST, NIFI_WEB_HTTP_PORT, NIFI_JVM_HEAP_INIT, NIFI_JVM_HEAP_MAX and NIFI_SENSITIVE_PROPS_KEY are the official image's.
set -e
cd /opt/nifi/nifi-current
properties=conf/nifi.properties
put() { sed -i "s|^$1=.*|$1=$2|" "$properties"; }
put nifi.web.http.host "${NIFI_WEB_HTTP_HOST:-0.0.0.0}"
put nifi.web.http.port "${NIFI_WEB_HTTP_PORT:-8080}"
put nifi.web.proxy.host "${NIFI_WEB_PROXY_HOST:-}"
# The key by which a flow's secrets are encrypted: its own for each container unless one is given, and kept with the flow.
if [ -n "${NIFI_SENSITIVE_PROPS_KEY:-}" ]; then put nifi.sensitive.props.key "$NIFI_SENSITIVE_PROPS_KEY"
elif grep -q '^nifi.sensitive.props.key=$' "$properties"; then put nifi.sensitive.props.key "$(head -c 24 /dev/urandom | base64 | tr -d '+/=')"
fi
exec java "-Xms${NIFI_JVM_HEAP_INIT:-256m}" "-Xmx${NIFI_JVM_HEAP_MAX:-512m}" -Djava.awt.headless=true -Djavax.security.auth.useSubjectCredsOnly=true \
  -Dsun.net.http.allowRestrictedHeaders=true -Dnifi.properties.file.path="$PWD/$properties" -Dorg.apache.nifi.bootstrap.config.log.dir="$PWD/logs" \
  -cp 'conf:lib/*' org.apache.nifi.NiFi
