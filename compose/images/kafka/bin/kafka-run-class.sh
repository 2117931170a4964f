#!/bin/bash
# kafka-run-class.sh <class> [arguments]: the environment is the stock script's (KAFKA_HEAP_OPTS, KAFKA_OPTS, KAFKA_JMX_OPTS, CLASSPATH …).
base=/opt/kafka
# Sorted and without wildcards: a class archive is only taken with the class path it was made with.
libs=("$base"/libs/*.jar)
classpath=$(IFS=:; echo "${libs[*]}")${CLASSPATH:+:$CLASSPATH}
: "${KAFKA_HEAP_OPTS=-Xmx256M}"
: "${KAFKA_JVM_PERFORMANCE_OPTS=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true}"
: "${KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=$base/config/tools-log4j2.yaml}"
if [ -z "${KAFKA_JMX_OPTS:-}" ] && [ -n "${JMX_PORT:-}" ]; then
  KAFKA_JMX_OPTS="-Dcom.sun.management.jmxremote.port=$JMX_PORT -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false"
fi
# Options are several words.
# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS ${KAFKA_JMX_OPTS:-} $KAFKA_LOG4J_OPTS -Dkafka.logs.dir="${LOG_DIR:-$base/logs}" \
  -cp "$classpath" ${KAFKA_OPTS:-} "$@"
