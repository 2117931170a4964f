/** The trial of each image: its real job, by the official image's interface as far as the course uses it. Each returns what was seen. */

import { connect } from './connect.ts'
import { jre } from './java.ts'
import { kafka } from './kafka.ts'
import { keyValue } from './key-value.ts'
import { languages } from './languages.ts'
import { maven } from './maven.ts'
import { nginx } from './nginx.ts'
import { nifi } from './nifi.ts'
import { minio, versitygw } from './object-store.ts'
import { opensearch } from './opensearch.ts'
import { postgres } from './postgres.ts'
import { prometheus } from './prometheus.ts'
import { registry } from './registry.ts'
import { spark } from './spark.ts'
import { toxiproxy } from './toxiproxy.ts'
import { must, type Trial } from './trial.ts'

async function debian(trial: Trial): Promise<string> {
  const version = await trial.run(['cat', '/etc/debian_version'])
  must(version.startsWith('13'), `Debian 13, it is ${version}`)
  must(
    (await trial.run(['sh', '-c', 'command -v apt-get && ls /etc/ssl/certs/ca-certificates.crt'])).includes('.crt'),
    'apt-get and certificates are there',
  )
  return `Debian ${version} with apt-get and CA certificates`
}

export const SMOKE: Record<string, (trial: Trial) => Promise<string>> = {
  debian,
  nginx,
  postgres,
  valkey: keyValue('valkey'),
  redis: keyValue('redis'),
  python: languages.python,
  'python-small': languages.python,
  node: languages.node,
  toxiproxy,
  jre,
  maven,
  kafka,
  registry,
  connect,
  minio,
  versitygw,
  spark,
  nifi,
  prometheus,
  opensearch,
}
