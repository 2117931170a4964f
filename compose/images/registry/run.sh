#!/bin/bash
# Starts the registry. JAVA_OPTIONS, JAVA_OPTS_APPEND and JAVA_OPTS are the official image's; without them the heap is a classroom's.
cd /deployments || exit 1
: "${JAVA_OPTS=-Xms64M -Xmx256M -XX:+UseSerialGC}"
# Options are several words.
# shellcheck disable=SC2086
exec java $JAVA_OPTS ${JAVA_OPTIONS:-} ${JAVA_OPTS_APPEND:-} -XX:SharedArchiveFile=/deployments/registry.jsa -Xlog:cds=off \
  -Djava.util.logging.manager=org.jboss.logmanager.LogManager -jar quarkus-run.jar
