import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { signRaw } from '../tests/support/raw-client.ts'
import { sdk } from '../tests/support/sdk.ts'
import { end, ROOT, type S3Server, startPeer, temporaryDirectory } from '../tests/support/servers.ts'

/**
 * Compares S3-lite with MinIO: put and get of 4 KiB and of 64 MiB, by the same signing HTTP client, in rounds that alternate
 * between the servers, so that whatever else the machine does hits both. Prints medians and ratios (above 1: S3-lite is faster).
 *
 *     node bench/compare.ts [--peer minio|versitygw] [--rounds 7] [--concurrency 1,16] [--only '64 MiB'] [--json]
 */
const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'minio' },
    rounds: { type: 'string', default: '7' },
    concurrency: { type: 'string', default: '1,16' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
})

const KiB = 1024
const SIZES = [
  { label: '4 KiB', bytes: 4 * KiB, perRound: 400 },
  { label: '64 MiB', bytes: 64 * KiB * KiB, perRound: 4 },
]

/** S3-lite in a process of its own, as MinIO is. */
async function startLiteProcess(): Promise<S3Server> {
  const directory = temporaryDirectory()
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: directory.path,
    PORT: '0',
    ACCESS_KEY: ROOT.accessKey,
    SECRET_KEY: ROOT.secretKey,
  }
  const child: ChildProcess = spawn(process.execPath, [new URL('../src/server.ts', import.meta.url).pathname], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', data => resolve(String(data)))
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
  })
  const { port } = JSON.parse(ready.replace('READY ', '')) as { port: number }
  return { name: 's3-lite', url: `http://127.0.0.1:${port}`, stop: () => end(child).then(directory.remove) }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function call(url: string, method: string, target: string, body: Buffer | undefined, payloadHash: string): Promise<number> {
  const { headers } = signRaw(url, { method, target, payloadHash })
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path: target, agent, headers: { ...headers, 'content-length': String(body?.length ?? 0) } },
      incoming => {
        let bytes = 0
        incoming.on('data', data => (bytes += data.length))
        incoming.on('error', reject)
        incoming.on('end', () =>
          incoming.statusCode! < 300 ? resolve(bytes) : reject(new Error(`${method} ${target}: ${incoming.statusCode}`)),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Runs `total` calls, `concurrency` at a time. Returns milliseconds per call. */
async function measure(total: number, concurrency: number, one: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const started = performance.now()
  const worker = async () => {
    while (next < total) await one(next++)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, worker))
  return (performance.now() - started) / total
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!

const servers = [await startLiteProcess(), await startPeer(values.peer as 'minio' | 'versitygw')]
try {
  for (const { url } of servers) {
    const s3 = sdk(url)
    await s3.send(new CreateBucketCommand({ Bucket: 'bench' }))
    s3.destroy()
  }
  const results: Record<string, Record<string, number>> = {}
  for (const { label, bytes, perRound } of SIZES.filter(size => size.label.includes(values.only))) {
    const body = randomBytes(bytes)
    const hash = createHash('sha256').update(body).digest('hex')
    const empty = createHash('sha256').digest('hex')
    for (const concurrency of values.concurrency.split(',').map(Number)) {
      const times: Record<string, number[]> = {}
      for (let round = -1; round < Number(values.rounds); round++) {
        for (const { name, url } of round % 2 === 0 ? servers : [...servers].reverse()) {
          const put = await measure(perRound, concurrency, index => call(url, 'PUT', `/bench/${bytes}-${index}`, body, hash))
          const get = await measure(perRound, concurrency, index => call(url, 'GET', `/bench/${bytes}-${index}`, undefined, empty))
          if (round < 0) continue // the first round warms up
          ;(times[`put ${name}`] ??= []).push(put)
          ;(times[`get ${name}`] ??= []).push(get)
        }
      }
      for (const operation of ['put', 'get']) {
        const [lite, peer] = servers.map(({ name }) => median(times[`${operation} ${name}`]!)) as [number, number]
        results[`${operation} ${label}, ${concurrency} at a time`] = { 's3-lite ms': lite, [`${values.peer} ms`]: peer, ratio: peer / lite }
      }
    }
  }
  if (values.json) console.log(JSON.stringify(results))
  else
    console.table(
      Object.fromEntries(
        Object.entries(results).map(([name, row]) => [
          name,
          Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(2))])),
        ]),
      ),
    )
} finally {
  agent.destroy()
  for (const server of servers) await server.stop()
}
