import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openValkey } from './fixture.ts'

let run: Run
let engine: Engine
let valkey: Awaited<ReturnType<typeof openValkey>>
let learner: Redis

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
  valkey = await openValkey(engine.endpoints[0]!, 'some-kpi')
  learner = new Redis(valkey.url)
  learner.on('error', () => {}) // The server is killed below.
})

afterAll(async () => {
  learner.disconnect()
  await valkey.close()
  await engine.stop()
  await run.close()
})

const time = async (client: Redis) => {
  const [seconds, micros] = (await client.time()) as unknown as [number | string, number | string]
  return BigInt(seconds) * 1_000_000n + BigInt(micros)
}

describe('the steered clock', () => {
  test('TIME is exactly what the grader set, from a client and from a script', async () => {
    await valkey.clock.freeze(1_700_000_000_123_456n)
    expect(await time(learner)).toBe(1_700_000_000_123_456n)
    expect(await valkey.clock.advance(1.5)).toBe(1_700_000_000_124_956n)
    expect(await learner.eval("return redis.call('TIME')", 0)).toEqual(['1700000000', '124956'])
    await valkey.clock.set(5n)
    expect(await time(learner)).toBe(5n)
    await valkey.clock.release()
    expect(Math.abs(Number(await time(learner)) / 1000 - Date.now())).toBeLessThan(5_000)
  })

  test('PTTL counts down by what the clock moved and expiry follows before advance answers', async () => {
    const key = `${valkey.prefix}session`
    await valkey.clock.freeze()
    await learner.set(key, 'x', 'PX', 1000)
    expect(await learner.pttl(key)).toBe(1000)
    await valkey.clock.advance(400)
    expect(await learner.pttl(key)).toBe(600)
    await valkey.clock.advance(601)
    expect(await valkey.admin.dbsize()).toBe(0)
    expect(await learner.exists(key)).toBe(0)
    await valkey.clock.release()
  })

  test('a blocked client times out when the clock passes its timeout', async () => {
    await valkey.clock.freeze()
    const blocked = new Redis(valkey.url)
    await blocked.ping()
    const answer = blocked.blpop(`${valkey.prefix}queue`, 30)
    await expect.poll(async () => String(await valkey.admin.info('clients'))).toContain('blocked_clients:1')
    await valkey.clock.advance(30_001)
    expect(await answer).toBeNull()
    blocked.disconnect()
    await valkey.clock.release()
  })

  test('moving a running clock is refused with the way out', async () => {
    await expect(valkey.clock.advance(1)).rejects.toThrow('freeze it before moving it')
  })

  test('a restart keeps the port, the user and the frozen clock, and loses the data', async () => {
    await valkey.clock.freeze(42_000_000n)
    await learner.set(`${valkey.prefix}kept`, '1')
    await valkey.restart()
    expect(await time(learner)).toBe(42_000_000n)
    expect(await learner.get(`${valkey.prefix}kept`)).toBeNull()
    await valkey.clock.release()
  })
})
