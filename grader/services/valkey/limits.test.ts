import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { birthOf } from '../../process/birth.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openValkey } from './fixture.ts'

let run: Run
let engine: Engine

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
})

afterAll(async () => {
  await engine.stop()
  await run.close()
})

const open = () => openValkey(engine.endpoints[0]!, 'limits')
const connected = async (url: string) => {
  const client = new Redis(url, { retryStrategy: null as never, lazyConnect: true })
  client.on('error', () => {})
  await client.connect()
  return client
}

test('an endless script makes it unhealthy; ensureHealthy brings it back on the same port', async () => {
  const valkey = await open()
  const client = await connected(valkey.url)
  const pending = client.eval('while true do end', 0).catch(error => error)
  expect(await engine.services[0]!.healthy()).toBe(false)
  await engine.ensureHealthy()
  expect(await engine.services[0]!.healthy()).toBe(true)
  expect(await pending).toBeInstanceOf(Error)
  expect(await (await connected(valkey.url)).ping()).toBe('PONG')
  client.disconnect()
  await valkey.close()
}, 20_000)

test('opening a fixture after an endless script works without help', async () => {
  const first = await open()
  void (await connected(first.url)).eval('while true do end', 0).catch(() => {})
  const second = await open()
  expect(await second.admin.ping()).toBe('PONG')
  await first.close()
  await second.close()
}, 20_000)

test('a killed supervisor is replaced: same ports, same passwords, nothing left of the old one', async () => {
  await engine.ensureHealthy()
  const { pid } = engine.endpoints[0]!
  process.kill(Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' })), 'SIGKILL')
  await engine.ensureHealthy()
  expect(birthOf(pid)).toBeNull()
  const valkey = await open()
  expect(await valkey.admin.ping()).toBe('PONG')
  await valkey.close()
})

test('a stopped supervisor is replaced, though it does not answer', async () => {
  const { pid } = engine.endpoints[0]!
  const supervisor = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
  process.kill(supervisor, 'SIGSTOP')
  await engine.ensureHealthy()
  expect([birthOf(supervisor), birthOf(pid)]).toEqual([null, null])
  const valkey = await open()
  expect(await valkey.admin.ping()).toBe('PONG')
  await valkey.close()
}, 60_000)

test('memory is bounded: writing on and on is refused, not fatal', async () => {
  const valkey = await open()
  const client = await connected(valkey.url)
  const chunk = 'x'.repeat(8 << 20)
  const fill = async () => {
    for (let i = 0; i < 100; i++) await client.set(`${valkey.prefix}${i}`, chunk)
  }
  await expect(fill()).rejects.toThrow(/OOM/)
  expect(await valkey.admin.ping()).toBe('PONG')
  await valkey.close()
}, 30_000)

test('a client that does not read gets all of its replies later, and is dropped when too much waits', async () => {
  const valkey = await open()
  const size = 1 << 20
  await valkey.admin.set(`${valkey.prefix}big`, 'x'.repeat(size))
  const ask = (times: number) => `AUTH ${valkey.user} ${valkey.password}\r\n${`GET ${valkey.prefix}big\r\n`.repeat(times)}`
  const patient = connect(valkey.port, valkey.host)
  patient.write(ask(60))
  patient.pause()
  await expect
    .poll(async () => Number(/omem=(\d+)/g.exec((await omem(valkey.admin, valkey.user)) ?? '')?.[1] ?? 0))
    .toBeGreaterThan(10 * size)
  let bytes = 0
  patient.on('data', data => (bytes += data.length))
  patient.resume()
  const whole = '+OK\r\n'.length + 60 * (`$${size}\r\n`.length + size + 2)
  await expect.poll(() => bytes, { timeout: 10_000 }).toBe(whole)
  patient.destroy()

  const greedy = connect(valkey.port, valkey.host)
  greedy.on('error', () => {})
  greedy.write(ask(600))
  greedy.pause()
  await expect.poll(() => omem(valkey.admin, valkey.user), { timeout: 10_000 }).toBeUndefined()
  greedy.destroy()
  await valkey.close()
}, 30_000)

const omem = async (admin: Redis, user: string) =>
  String(await admin.client('LIST'))
    .split('\n')
    .find(line => line.includes(`user=${user}`))

test('many clients that do not read are dropped before memory runs out; the grader is not', async () => {
  const valkey = await open()
  await valkey.admin.set(`${valkey.prefix}big`, 'x'.repeat(1 << 20))
  const greedy = Array.from({ length: 40 }, () => {
    const socket = connect(valkey.port, valkey.host)
    socket.on('error', () => {})
    socket.write(`AUTH ${valkey.user} ${valkey.password}\r\n${`GET ${valkey.prefix}big\r\n`.repeat(100)}`)
    return socket.pause()
  })
  const evicted = async () => Number(/evicted_clients:(\d+)/.exec(await valkey.admin.info('stats'))?.[1])
  await expect.poll(evicted, { timeout: 15_000 }).toBeGreaterThan(10)
  expect(await valkey.admin.ping()).toBe('PONG')
  for (const socket of greedy) socket.destroy()
  await valkey.close()
}, 30_000)

test('pause makes it silent, resume brings the answers', async () => {
  const valkey = await open()
  const client = await connected(valkey.url)
  await valkey.pause()
  let answered = false
  const answer = client.ping().then(text => {
    answered = true
    return text
  })
  await expect(valkey.clock.now()).rejects.toThrow('paused')
  expect(answered).toBe(false)
  await valkey.resume()
  expect(await answer).toBe('PONG')
  client.disconnect()
  await valkey.close()
})

test('kill refuses connections until start; what was saved is there again', async () => {
  const valkey = await open()
  await valkey.admin.set(`${valkey.prefix}kept`, '1')
  await valkey.admin.save()
  await valkey.kill()
  await expect(connected(valkey.url)).rejects.toThrow()
  await valkey.start()
  const client = await connected(valkey.url)
  expect(await client.get(`${valkey.prefix}kept`)).toBe('1')
  client.disconnect()
  await valkey.close()
})
