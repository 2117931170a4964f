#!/bin/sh
# fetch.sh: the connectors into /out/connect, the converters into /out/external_libs, further libraries of Connect into /out/libs.
set -e
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
mkdir -p /out/connect /out/libs /out/external_libs/apicurio /archives
copy() { mvn -B -ntp "$plugin:copy" "-Dartifact=$1" "-DoutputDirectory=$2"; }
copy io.debezium:debezium-connector-postgres:3.7.0.Final:tar.gz:plugin /archives
# The newest sink that is published.
copy io.debezium:debezium-connector-jdbc:3.6.0.Final:tar.gz:plugin /archives
copy org.apache.kafka:connect-file:4.3.1 /out/libs
for archive in /archives/*.tar.gz; do tar -xzf "$archive" -C /out/connect; done
cd /out/connect/debezium-connector-jdbc
# Connect has these itself; a second copy makes two classes of each type. Drivers of other databases are not needed, one of them is not free.
rm -f kafka-clients-*.jar connect-api-*.jar slf4j-api-*.jar lz4-java-*.jar snappy-java-*.jar zstd-jni-*.jar \
  ojdbc11-*.jar mssql-jdbc-*.jar mysql-connector-j-*.jar mariadb-java-client-*.jar
mvn -B -ntp -f /build/pom.xml "$plugin:copy-dependencies" -DoutputDirectory=/out/external_libs/apicurio \
  -DexcludeArtifactIds=kafka-clients,connect-api,connect-json,slf4j-api,lz4-java,snappy-java,zstd-jni
# Without this entry Connect finds the converters only by reading every class of every archive, which takes half a minute at each start.
mkdir -p /services/META-INF/services
printf 'io.apicurio.registry.utils.converter.%s\n' AvroConverter ExtJsonConverter >/services/META-INF/services/org.apache.kafka.connect.storage.Converter
cd /services && zip -q -r /out/external_libs/apicurio/services.jar META-INF
