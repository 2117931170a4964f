import { type Limit, limitsOracle } from '../../experiments/limits-oracle.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { configure, quote, type Reply, startNodes } from './support/nodes.ts'
import { limitWords } from './support/words.ts'

const START = 1_700_000_040_000_000n

/**
 * One item of a RateLimit or RateLimit-Policy field: a quoted name and integer parameters in any order (RFC 9651).
 * @throws KpiFailure when it is another
 */
function expectField(reply: Reply, field: 'RateLimit' | 'RateLimit-Policy', name: string, parameters: Record<string, number>): void {
  const text = reply.headers[field.toLowerCase()]
  const form = `"${name}";${Object.entries(parameters)
    .map(([key, value]) => `${key}=${value}`)
    .join(';')}`
  const match = /^\s*"([^"]*)"((?:\s*;\s*[a-z]+=-?\d+)*)\s*$/.exec(text ?? '')
  const seen = new Map([...(match?.[2] ?? '').matchAll(/([a-z]+)=(-?\d+)/g)].map(([, key, value]) => [key!, Number(value)]))
  const same = match?.[1] === name && Object.entries(parameters).every(([key, value]) => seen.get(key) === value)
  if (!same) fail({ subject: `${field} of a ${reply.status}`, expected: form, saw: text ?? 'no such header' })
}

kpi('retry-after', async ({ learner, valkey, random }) => {
  const [node] = await startNodes({ learner, valkey })
  const windowMs = random.int(21, 29) * 100
  const limits: Limit[] = [
    { algorithm: 'token-bucket', capacity: 2, refillPerSecond: random.pick([0.4, 0.35, 0.45]) },
    { algorithm: 'sliding-window-log', limit: 2, windowMs },
    { algorithm: 'sliding-window-counter', limit: 2, windowMs },
  ]

  for (const limit of limits) {
    const tenant = `retry-${random.word(6)}`
    const oracle = limitsOracle()
    let clock = await valkey.clock.freeze(START)
    const pass = async (ms: number) => (clock = await valkey.clock.advance(ms))
    const ask = async (cost: number, expected: number) => {
      const reply = await quote(node!, tenant, cost)
      expect(reply.status, `the answer to a request of cost ${cost}`).toBe(expected)
      const [quota, window] =
        limit.algorithm === 'token-bucket' ? [limit.capacity, limit.capacity / limit.refillPerSecond] : [limit.limit, limit.windowMs / 1000]
      expectField(reply, 'RateLimit-Policy', limit.algorithm, { q: quota, w: Math.ceil(window) })
      const judged = oracle.decide(limit, cost, clock)
      expectField(reply, 'RateLimit', limit.algorithm, { r: judged.remaining, t: Math.ceil(Number(judged.reset) / 1_000_000) })
      return reply
    }

    did(`${limit.algorithm}, ${limitWords(limit)}: I asked for 1, and 100 ms later for 1 more.`)
    await configure([node!], tenant, limit)
    await ask(1, 200)
    await pass(100)
    await ask(1, 200)
    did('There is nothing left; I asked for 1.')
    const refused = await ask(1, 429)
    const after = refused.headers['retry-after']
    if (!/^[1-9]\d*$/.test(after ?? ''))
      fail({ subject: 'Retry-After of a 429', expected: 'a whole number of seconds, above 0', saw: after ?? 'no such header' })
    did(`Retry-After said ${after}. I asked again one second before that.`)
    await pass((Number(after) - 1) * 1000)
    const early = await quote(node!, tenant)
    if (early.status !== 429)
      fail({
        subject: 'the answer one second before Retry-After',
        expected: '429: what can be had sooner is not to be waited for',
        saw: String(early.status),
      })
    did('And at the time it said.')
    await pass(1000)
    const late = await quote(node!, tenant)
    if (late.status !== 200) fail({ subject: 'the answer after waiting as Retry-After said', expected: '200', saw: String(late.status) })

    did('I asked for 3, more than there can ever be.')
    const never = await quote(node!, tenant, 3)
    expect(never.status, 'the answer').toBe(429)
    expect(never.headers['retry-after'] ?? 'none', 'Retry-After, where waiting does not help').toBe('none')
  }
})
