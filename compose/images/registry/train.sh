#!/bin/bash
# At build: the registry takes and gives back a schema once, and the classes it loaded become an archive from which later starts are faster.
set -e
cd /deployments
java -Xmx384M -XX:+UseSerialGC -XX:ArchiveClassesAtExit=/deployments/registry.jsa -Djava.util.logging.manager=org.jboss.logmanager.LogManager -jar quarkus-run.jar >/tmp/log 2>&1 &
registry=$!
trap 'tail -5 /tmp/log' ERR
api=http://localhost:8080/apis/ccompat/v7
curl -fs --retry 120 --retry-delay 1 --retry-connrefused "$api/subjects"
curl -fs -H 'content-type: application/json' "$api/subjects/t-value/versions" -d '{"schema":"{\"type\":\"record\",\"name\":\"T\",\"fields\":[]}"}'
curl -fs "$api/subjects/t-value/versions/1"
kill -TERM "$registry"
wait "$registry" || true
ls -l registry.jsa
rm -f /tmp/log
