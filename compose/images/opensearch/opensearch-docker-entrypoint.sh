#!/bin/bash
# The official image's interface: every variable with a dot in its name is a setting, OPENSEARCH_JAVA_OPTS are the JVM's, what is no "opensearch" is run as it is.
set -euo pipefail
if [ "${1:-}" != opensearch ]; then exec "$@"; fi
settings=()
while IFS= read -r -d '' entry; do
  name=${entry%%=*} value=${entry#*=}
  if [[ $name =~ ^[a-z0-9_]+\.[a-z0-9_.]+$ && -n $value ]]; then settings+=("-E$name=$value"); fi
done < <(env -0)
# Options are several words.
# shellcheck disable=SC2086
exec java ${OPENSEARCH_JAVA_OPTS:--Xms256m -Xmx384m} -XX:+UseG1GC -Djava.io.tmpdir=/tmp -Djna.nosys=true -Dio.netty.noUnsafe=true -Dlog4j2.disable.jmx=true \
  -Dopensearch.path.home="$PWD" -Dopensearch.path.conf="$PWD/config" -Dopensearch.distribution.type=docker -Dopensearch.bundled_jdk=false \
  -cp 'lib/*' org.opensearch.bootstrap.OpenSearch "${settings[@]}" "${@:2}"
