import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/**
 * Apache Kafka itself, from its published jars, as one KRaft node: the peer that Kafka-lite is compared with. Needs Java 17 or later
 * and, the first time, Maven. The jars are kept in the cache folder.
 */
export const KAFKA_VERSION = '4.3.1'
const CACHE = path.join(os.homedir(), '.cache', 'millrace', 'kafka', KAFKA_VERSION)
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>apache-kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
</dependencies></project>`
const run = promisify(execFile)

/** Why Apache Kafka cannot be run here, or null when it can. */
export function whyNoApacheKafka(): string | null {
  if (process.env['MILLRACE_REAL_KAFKA'] !== '1') return 'set MILLRACE_REAL_KAFKA=1 to compare with Apache Kafka (needs Java 17 and Maven)'
  try {
    const version = /version "(\d+)/.exec(
      execFileSync('java', ['-version'], { stdio: ['ignore', 'pipe', 'pipe'] }).toString() || javaVersion(),
    )
    if (!version || Number(version[1]) < 17) return 'Java 17 or later is needed'
  } catch {
    return 'java is not on the PATH'
  }
  return null
}

function javaVersion(): string {
  return execFileSync('sh', ['-c', 'java -version 2>&1']).toString()
}

/** Fetches the jars once; returns their folder. */
async function jars(): Promise<string> {
  const libs = path.join(CACHE, 'libs')
  const done = path.join(CACHE, 'complete')
  if (fs.existsSync(done)) return libs
  fs.mkdirSync(CACHE, { recursive: true })
  fs.writeFileSync(path.join(CACHE, 'pom.xml'), POM)
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`], { cwd: CACHE })
  fs.writeFileSync(done, KAFKA_VERSION)
  return libs
}

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** A running Apache Kafka node. */
export interface ApacheKafka {
  port: number
  pid: number
  stop(): Promise<void>
}

/** Starts a fresh node with the given extra server properties; resolves when it accepts connections. */
export async function startApacheKafka(extra: Record<string, string> = {}): Promise<ApacheKafka> {
  const libs = await jars()
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'apache-kafka-'))
  const port = await freePort()
  const controller = await freePort()
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': path.join(directory, 'data'),
    'num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    'log.initial.task.delay.ms': '1000',
    ...extra,
  }
  const file = path.join(directory, 'server.properties')
  fs.writeFileSync(
    file,
    Object.entries(properties)
      .map(([k, v]) => `${k}=${v}\n`)
      .join(''),
  )
  // As hex: a base64 id may begin with a dash, which the tool takes for an option.
  const id = createHash('md5').update(directory).digest('hex').slice(0, 22)
  const java = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=4', '-Dlog4j2.level=ERROR', '-cp', `${libs}/*`]
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', file])
  const log = fs.openSync(path.join(directory, 'out.log'), 'w')
  const child = spawn('java', [...java, 'kafka.Kafka', file], { stdio: ['ignore', log, log] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    fs.closeSync(log)
    fs.rmSync(directory, { recursive: true, force: true })
  }
  const deadline = Date.now() + 30_000
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const output = fs.readFileSync(path.join(directory, 'out.log'), 'utf8').slice(-2000)
      await stop()
      throw new Error(`Apache Kafka did not start:\n${output}`)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return { port, pid: child.pid!, stop }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
