import { Queue, QueueEvents, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { confinedTo } from './acl.ts'
import { openValkey } from './fixture.ts'

let run: Run
let engine: Engine
let mine: Awaited<ReturnType<typeof openValkey>>
let theirs: Awaited<ReturnType<typeof openValkey>>
let hostile: Redis

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
  mine = await openValkey(engine.endpoints[0]!, 'mine')
  theirs = await openValkey(engine.endpoints[0]!, 'theirs')
  hostile = new Redis(mine.url)
  await theirs.admin.set(`${theirs.prefix}secret`, 'kept')
})

afterAll(async () => {
  hostile.disconnect()
  await mine.close()
  await theirs.close()
  await engine.stop()
  await run.close()
})

/** Each line is one command; SECRET is a key of another KPI, PREFIX their prefix, OWN a key of one's own. */
const HOSTILE = `
FLUSHALL
FLUSHDB
KEYS *
RANDOMKEY
CONFIG GET *
CONFIG SET maxmemory 1
ACL SETUSER evil on nopass ~* +@all
ACL LIST
ACL DELUSER default
SHUTDOWN NOSAVE
DEBUG SLEEP 100
DEBUG SEGFAULT
SAVE
BGSAVE
BGREWRITEAOF
REPLICAOF NO ONE
MONITOR
MODULE LIST
CLIENT LIST
CLIENT KILL TYPE normal
CLIENT PAUSE 100000
CLIENT UNBLOCK 1
SCRIPT FLUSH
SCRIPT KILL
SCRIPT DEBUG YES
FUNCTION FLUSH
FUNCTION KILL
FUNCTION DELETE lib
SWAPDB 0 1
SELECT 1
MOVE OWN 1
COPY OWN OWN DB 1
MIGRATE 127.0.0.1 1 OWN 0 1
SORT OWN
LATENCY RESET
SLOWLOG RESET
GET SECRET
SET SECRET x
DEL SECRET
RENAME OWN SECRET
RENAME SECRET OWN
SMOVE SECRET OWN x
BLPOP OWN SECRET 0
XREAD STREAMS SECRET 0
EVAL return(redis.call('GET',KEYS[1])) 1 SECRET
EVAL return(redis.call('GET','SECRET')) 0
EVAL return(redis.call('FLUSHALL')) 0
EVAL return(redis.call('SCRIPT','FLUSH')) 0
EVAL return(redis.call('PUBLISH','PREFIXnews','x')) 0
SUBSCRIBE PREFIXnews
PSUBSCRIBE *
PUBLISH PREFIXnews x
SSUBSCRIBE PREFIXnews
SUBSCRIBE __keyevent@0__:expired
SUBSCRIBE __keyspace@0__:SECRET
`
  .trim()
  .split('\n')

describe('a user confined to a prefix', () => {
  test.each(HOSTILE)('is refused %s', async line => {
    const words = line
      .replaceAll('SECRET', `${theirs.prefix}secret`)
      .replaceAll('PREFIX', theirs.prefix)
      .replace(/\bOWN\b/g, `${mine.prefix}own`)
      .split(' ')
    // Its own connection: some of these would leave it subscribed or closed.
    const client = new Redis(mine.url, { lazyConnect: true, retryStrategy: null as never })
    client.on('error', () => {})
    await client.connect()
    await expect(client.call(words[0]!, ...words.slice(1))).rejects.toThrow(/NOPERM|ACL failure|permission|not allowed/i)
    client.disconnect()
    expect(await theirs.admin.get(`${theirs.prefix}secret`)).toBe('kept')
  })

  test('has no command of @admin, and of @dangerous only INFO', async () => {
    const allowed = async (command: string) => (await mine.admin.call('ACL', 'DRYRUN', mine.user, command)) as string
    for (const category of ['admin', 'dangerous']) {
      for (const command of (await mine.admin.call('ACL', 'CAT', category)) as string[]) {
        const [name = '', sub] = command.split('|')
        const answer = await mine.admin.call('ACL', 'DRYRUN', mine.user, name, ...(sub ? [sub] : []), 'x', 'x').catch(String)
        if (name !== 'info') expect(`${command}: ${answer}`).toMatch(/no permissions|wrong number|has no permissions|NOPERM/i)
      }
    }
    expect(await allowed('INFO')).toBe('OK')
  })

  test('works inside its prefix: data, scripts, functions, publish and subscribe', async () => {
    const key = `${mine.prefix}{tenant}:bucket`
    expect(await hostile.set(key, '1')).toBe('OK')
    expect(await hostile.eval("return redis.call('INCR', KEYS[1])", 1, key)).toBe(2)
    const heard = new Redis(mine.url)
    const message = new Promise(resolve => heard.on('message', (_, text) => resolve(text)))
    await heard.subscribe(`${mine.prefix}news`)
    await hostile.publish(`${mine.prefix}news`, 'hello')
    expect(await message).toBe('hello')
    heard.disconnect()
  })

  test('a prefix that would be a pattern is refused', () => {
    expect(() => confinedTo('*:')).toThrow('pattern')
  })
})

test('BullMQ and ioredis work with the confined user and print no warning', async () => {
  const warnings = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')]
  const connection = { host: mine.host, port: mine.port, username: mine.user, password: mine.password }
  const options = { connection, prefix: `${mine.prefix}bull` }
  const queue = new Queue('work', options)
  const events = new QueueEvents('work', options)
  const worker = new Worker('work', async job => job.data.n * 2, options)
  await events.waitUntilReady()
  const jobs = await queue.addBulk([1, 2, 3].map(n => ({ name: 'double', data: { n }, opts: { delay: n } })))
  expect(await Promise.all(jobs.map(job => job.waitUntilFinished(events, 10_000)))).toEqual([2, 4, 6])
  await Promise.all([worker.close(), events.close(), queue.close()])
  for (const spy of warnings) expect(spy).not.toHaveBeenCalled()
})

test('closing removes its keys, its functions, its user and its connections, and nothing of others', async () => {
  const fixture = await openValkey(engine.endpoints[0]!, 'short')
  const client = new Redis(fixture.url, { retryStrategy: null as never })
  const ended = new Promise(resolve => client.once('end', resolve))
  client.on('error', () => {})
  await client.set(`${fixture.prefix}a`, '1')
  await client.call('FUNCTION', 'LOAD', "#!lua name=short\nserver.register_function('one', function() return 1 end)")
  await fixture.clock.freeze(1n)
  await fixture.close()
  await ended
  expect(await theirs.admin.keys(`${fixture.prefix}*`)).toEqual([])
  expect(await theirs.admin.call('FUNCTION', 'LIST')).toEqual([])
  expect(await theirs.admin.call('ACL', 'USERS')).not.toContain(fixture.user)
  expect(await theirs.admin.get(`${theirs.prefix}secret`)).toBe('kept')
  expect(Number(await theirs.clock.now()) / 1000).toBeGreaterThan(Date.now() - 60_000)
})

test('a wrong administrator password and a wrong control token are refused', async () => {
  const { port, control } = engine.endpoints[0]!
  const guess = new Redis({ port, password: 'guess', lazyConnect: true, retryStrategy: null as never })
  guess.on('error', () => {})
  await expect(guess.connect().then(() => guess.get('x'))).rejects.toThrow()
  const { Control } = await import('../control.ts')
  const wrong = new Control({ ...engine.endpoints[0]!, control: { port: control!.port, token: 'guess' } })
  await expect(wrong.ask('kill')).rejects.toThrow('MR-E-046')
  expect(await engine.services[0]!.healthy()).toBe(true)
})
