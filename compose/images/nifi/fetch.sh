#!/bin/sh
# fetch.sh: NiFi's libraries and bundles into /lib-nifi. The bundle of the standard processors is not published as an archive: it is packed here from its parts.
set -e
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
mkdir -p /lib-nifi /standard
mvn -B -ntp -f /build/pom.xml "$plugin:copy-dependencies" -DoutputDirectory=/lib-nifi
while read -r nar; do
  mvn -B -ntp "$plugin:copy" "-Dartifact=org.apache.nifi:$nar:2.3.0:nar" -DoutputDirectory=/lib-nifi
done </build/nars.txt
mvn -B -ntp -f /build/standard/pom.xml "$plugin:copy-dependencies" -DoutputDirectory=/standard -DincludeScope=runtime
python3 /build/pack.py /standard /lib-nifi/nifi-standard-nar-2.3.0.nar
