#!/bin/sh
# fetch.sh: OpenSearch as its archive is laid out, into /opensearch. The modules are published as jars; their descriptors are written here.
set -e
jars() { mvn -B -ntp -f "$1" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2" "${3:--q}"; }
mkdir -p /opensearch/bin /opensearch/plugins /opensearch/logs /opensearch/data
jars /build/pom.xml /opensearch/lib
while read -r name artifact class extends; do
  module=/opensearch/modules/$name
  jars /build/module.xml "$module" "-Dmodule=$artifact"
  # What the server has itself stays out of its modules; libraries of other systems too.
  for jar in "$module"/*.jar; do if [ -e "/opensearch/lib/${jar##*/}" ]; then rm "$jar"; fi; done
  rm -f "$module"/*-osx-* "$module"/*-windows-*
  cat >"$module/plugin-descriptor.properties" <<TEXT
description=$name
version=3.6.0
name=$name
classname=$class
java.version=21
opensearch.version=3.6.0
extended.plugins=$extends
has.native.controller=false
TEXT
done <<'MODULES'
transport-netty4 transport-netty4-client org.opensearch.transport.Netty4ModulePlugin
lang-painless lang-painless org.opensearch.painless.PainlessModulePlugin
analysis-common analysis-common org.opensearch.analysis.common.CommonAnalysisModulePlugin lang-painless
mapper-extras mapper-extras-client org.opensearch.index.mapper.MapperExtrasModulePlugin
reindex reindex-client org.opensearch.index.reindex.ReindexModulePlugin
aggs-matrix-stats aggs-matrix-stats-client org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin
MODULES
