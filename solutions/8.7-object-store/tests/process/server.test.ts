import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { brief } from '../conformance/case.ts'
import { peakMemory, type ServerProcess, startProcess } from '../support/process.ts'
import { type RawRequest, sendRaw, signRaw } from '../support/raw-client.ts'
import { temporaryDirectory } from '../support/servers.ts'

const MiB = 1024 * 1024
let directory: ReturnType<typeof temporaryDirectory>
const started: ServerProcess[] = []

beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop('SIGKILL')
  directory.remove()
})

async function start(
  more: Record<string, string> = {},
): Promise<ServerProcess & { raw: (request: RawRequest) => ReturnType<typeof sendRaw> }> {
  const server = await startProcess(directory.path, more)
  started.push(server)
  return { ...server, raw: call => sendRaw(server.url, call) }
}

test('READY, SIGTERM, and everything is there again', async () => {
  const first = await start()
  expect(first.pid).toBe(first.child.pid)
  await first.raw({ method: 'PUT', target: '/kept' })
  await first.raw({ method: 'PUT', target: '/kept/a', body: 'hello', headers: { 'x-amz-meta-m': '1' } })
  expect(await first.stop()).toBe(0)
  const second = await start()
  const answer = await second.raw({ target: '/kept/a' })
  expect([answer.body.toString(), answer.headers['x-amz-meta-m']]).toEqual(['hello', '1'])
})

test('SIGTERM lets a request under way end', async () => {
  const server = await start()
  await server.raw({ method: 'PUT', target: '/slow' })
  const { headers } = signRaw(server.url, { method: 'PUT', target: '/slow/a', payloadHash: 'UNSIGNED-PAYLOAD' })
  const { hostname, port } = new URL(server.url)
  const outgoing = request({ hostname, port, method: 'PUT', path: '/slow/a', headers: { ...headers, 'content-length': '10' } })
  const status = new Promise<number>((resolve, reject) =>
    outgoing.on('response', answer => resolve(answer.statusCode!)).on('error', reject),
  )
  outgoing.write('12345')
  await server.raw({ target: '/slow' }) // by now the server has the first half
  const stopped = server.stop()
  outgoing.end('67890')
  expect([await status, await stopped]).toEqual([200, 0])
})

test('a second server on the same directory, and bad configuration, are refused with a reason', async () => {
  await start()
  await expect(start()).rejects.toThrow(/exit 1: cannot start: .* is in use by process \d+/)
  await expect(startProcess(directory.path, { PORT: 'http' })).rejects.toThrow(
    "exit 64: PORT must be a whole number from 0 to 65535, not 'http'.",
  )
  await expect(startProcess(directory.path, { SECRET_KEY: '' })).rejects.toThrow('exit 64: SECRET_KEY must be set.')
  await expect(startProcess(directory.path, { USERS: '[{"accessKey":"a"}]' })).rejects.toThrow('exit 64: USERS must be JSON')
})

const kills = Number(process.env['OBJECT_STORE_KILLS'] ?? 4)

test(
  `kill -9 under load, ${kills} times: what was acknowledged is there, what is there is whole`,
  async () => {
    const acknowledged = new Map<string, string>()
    const attempted = new Map<string, Set<string>>()
    const bodyOf = (stamp: string) =>
      Buffer.alloc(2000 + (Number.parseInt(createHash('md5').update(stamp).digest('hex').slice(0, 4), 16) % 100) * 1500, `${stamp};`)
    let stamp = 0
    for (let kill = 0; kill < kills; kill++) {
      const server = await start()
      if (kill === 0) await server.raw({ method: 'PUT', target: '/ledger' })
      for (const [key, expected] of acknowledged) {
        const { body, status } = await server.raw({ target: `/ledger/${key}` })
        const found = body.toString().split(';')[0]!
        expect(status, `${key} after kill ${kill}`).toBe(200)
        expect(found === expected || attempted.get(key)!.has(found), `${key} has ${found}, acknowledged was ${expected}`).toBe(true)
        expect(body.equals(bodyOf(found)), `${key} is whole`).toBe(true)
        acknowledged.set(key, found)
      }
      attempted.clear()
      let killed = false
      const writer = async (number: number) => {
        for (let round = 0; !killed; round++) {
          const key = `k${number}-${round % 5}`
          const mine = `s${++stamp}`
          attempted.set(key, (attempted.get(key) ?? new Set()).add(mine))
          const answer = await server.raw({ method: 'PUT', target: `/ledger/${key}`, body: bodyOf(mine) }).catch(() => undefined)
          if (answer?.status === 200) acknowledged.set(key, mine)
          if (!answer) return
        }
      }
      const writers = [1, 2, 3, 4].map(writer)
      const enough = acknowledged.size === 0 ? 1 : 20 + ((kill * 37) % 60)
      const before = stamp
      await expect.poll(() => stamp - before, { timeout: 10_000, interval: 1 }).toBeGreaterThan(enough)
      await server.stop('SIGKILL')
      killed = true
      await Promise.all(writers)
    }
    expect(acknowledged.size).toBeGreaterThan(10)
  },
  60_000 + kills * 10_000,
)

test('a large object goes in and out with memory below 256 MiB', async () => {
  // OBJECT_STORE_LARGE_MIB=5120 for the whole 5 GiB.
  const total = Number(process.env['OBJECT_STORE_LARGE_MIB'] ?? 300) * MiB
  const server = await start()
  await server.raw({ method: 'PUT', target: '/large' })
  const { hostname, port } = new URL(server.url)
  const piece = Buffer.alloc(MiB, 'large')
  const put = await new Promise<number>((resolve, reject) => {
    const { headers } = signRaw(server.url, { method: 'PUT', target: '/large/a', payloadHash: 'UNSIGNED-PAYLOAD' })
    const outgoing = request(
      { hostname, port, method: 'PUT', path: '/large/a', headers: { ...headers, 'content-length': String(total) } },
      answer => resolve(answer.resume().statusCode!),
    )
    outgoing.on('error', reject)
    let sent = 0
    const more = () => {
      while (sent < total) {
        sent += piece.length
        if (!outgoing.write(piece)) return void outgoing.once('drain', more)
      }
      outgoing.end()
    }
    more()
  })
  expect(put).toBe(200)
  const read = await new Promise<{ bytes: number; same: boolean }>((resolve, reject) => {
    const { headers } = signRaw(server.url, { target: '/large/a' })
    request({ hostname, port, path: '/large/a', headers }, answer => {
      let bytes = 0
      let same = true
      answer.on('data', (data: Buffer) => {
        const offset = bytes % 5
        same &&= data.equals(piece.subarray(offset, offset + data.length)) || data.length > MiB - 5
        bytes += data.length
      })
      answer.on('end', () => resolve({ bytes, same }))
      answer.on('error', reject)
    }).end()
  })
  expect(read.bytes).toBe(total)
  const peak = peakMemory(server.pid)
  if (peak !== undefined) expect(peak).toBeLessThan(256)
}, 600_000)

test('users reach the buckets of their prefix and nothing else', async () => {
  const server = await start({ USERS: JSON.stringify([{ accessKey: 'learner', secretKey: 'learner-secret', bucketPrefix: 'run-1-' }]) })
  const learner = (call: RawRequest) => server.raw({ accessKey: 'learner', secretKey: 'learner-secret', ...call })
  for (const bucket of ['run-1-a', 'run-2-a']) await server.raw({ method: 'PUT', target: `/${bucket}` })
  await server.raw({ method: 'PUT', target: '/run-2-a/secret', body: 'secret' })
  expect(brief(await learner({ method: 'PUT', target: '/run-1-a/x', body: 'x' }))).toBe('200')
  expect(brief(await learner({ method: 'PUT', target: '/run-1-b' }))).toBe('200')
  expect((await learner({ target: '/' })).body.toString().match(/<Name>.*?<\/Name>/g)).toEqual([
    '<Name>run-1-a</Name>',
    '<Name>run-1-b</Name>',
  ])
  const refused: RawRequest[] = [
    { target: '/run-2-a' },
    { target: '/run-2-a/secret' },
    { method: 'HEAD', target: '/run-2-a/secret' },
    { method: 'PUT', target: '/run-3' },
    { method: 'DELETE', target: '/run-2-a/secret' },
    { method: 'PUT', target: '/run-1-a/copy', headers: { 'x-amz-copy-source': '/run-2-a/secret' } },
    { method: 'PUT', target: '/-/users/mallory', body: '{"secretKey":"long-enough","bucketPrefix":"r"}' },
  ]
  for (const call of refused) expect((await learner(call)).status, `${call.method ?? 'GET'} ${call.target}`).toBe(403)

  expect(
    (await server.raw({ method: 'PUT', target: '/-/users/second', body: '{"secretKey":"second-secret","bucketPrefix":"run-2-"}' })).status,
  ).toBe(204)
  const second = (call: RawRequest) => server.raw({ accessKey: 'second', secretKey: 'second-secret', ...call })
  expect((await second({ target: '/run-2-a/secret' })).body.toString()).toBe('secret')
  expect((await server.raw({ method: 'DELETE', target: '/-/users/second' })).status).toBe(204)
  expect(brief(await second({ target: '/run-2-a/secret' }))).toBe('403 InvalidAccessKeyId')
  expect(brief(await server.raw({ method: 'PUT', target: '/-/users/x', body: '{"secretKey":"long-enough","bucketPrefix":"r"}' }))).toBe(
    '400 InvalidArgument',
  )
})
