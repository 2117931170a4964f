#!/bin/bash
# At build: a broker does its real job once, and the classes it loaded become an archive from which later starts are faster.
set -e
cd /opt/kafka
export CLUSTER_ID=5L6g3nShT-eMCtK--X86sw
KAFKA_HEAP_OPTS=-Xmx128M KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ArchiveClassesAtExit=/opt/kafka/setup.jsa' \
  bin/kafka-run-class.sh kafka.docker.KafkaDockerWrapper setup \
  --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config
KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseG1GC -XX:ArchiveClassesAtExit=/opt/kafka/kafka.jsa' bin/kafka-server-start.sh config/server.properties >/tmp/broker.log 2>&1 &
broker=$!
trap 'tail -5 /tmp/broker.log' ERR
# The tool waits for the broker by itself.
bin/kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t
echo test | bin/kafka-console-producer.sh --bootstrap-server localhost:9092 --topic t
[ "$(bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --group g --from-beginning --max-messages 1 --timeout-ms 60000)" = test ]
kill -TERM "$broker"
wait "$broker" || true
ls -l kafka.jsa setup.jsa
rm -rf /tmp/kraft-combined-logs /tmp/broker.log logs/*
