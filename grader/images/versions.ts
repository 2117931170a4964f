/** How each image is asked for the version of what is really in it. */
export const VERSION_OF: Record<string, string[]> = {
  debian: ['cat', '/etc/debian_version'],
  nginx: ['nginx', '-v'],
  postgres: ['postgres', '--version'],
  valkey: ['valkey-server', '--version'],
  redis: ['redis-server', '--version'],
  python: ['python', '--version'],
  'python-small': ['python', '--version'],
  node: ['node', '--version'],
  toxiproxy: ['/toxiproxy', '-version'],
  jre: ['java', '-version'],
  kafka: ['/opt/kafka/bin/kafka-topics.sh', '--version'],
  registry: ['sh', '-c', "basename app/apicurio-registry-app-*.jar .jar | sed 's/apicurio-registry-app-/Apicurio Registry /'"],
  connect: ['sh', '-c', "basename connect/*/debezium-connector-postgres-*.jar .jar | sed 's/debezium-connector-postgres-/Debezium /'"],
}
