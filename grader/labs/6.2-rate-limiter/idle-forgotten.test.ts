import { type Limit, limitsOracle } from '../../experiments/limits-oracle.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { configure, quote, startNodes } from './support/nodes.ts'
import { time } from './support/words.ts'

const START = 1_700_000_040_300_000n
const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: 10, refillPerSecond: 0.5 },
  { algorithm: 'sliding-window-log', limit: 10, windowMs: 15_000 },
  { algorithm: 'sliding-window-counter', limit: 10, windowMs: 15_000 },
]
const TENANTS = 5
/** Milliseconds that a key may outlive what it remembers. */
const SLACK = 1000

/** Microseconds until a full quota is back: the longest that any state is worth keeping. */
const longest = (limit: Limit): number =>
  limit.algorithm === 'token-bucket'
    ? (limit.capacity / limit.refillPerSecond) * 1e6
    : limit.windowMs * 1000 * (limit.algorithm === 'sliding-window-log' ? 1 : 2)

kpi('idle-forgotten', async ({ learner, valkey, random, cleanup }) => {
  await valkey.clock.freeze(START)
  const [node] = await startNodes({ learner, valkey })
  const keys = async () => {
    const found: string[] = []
    for await (const some of valkey.admin.scanStream({ match: `${valkey.prefix}*`, count: 1000 }) as AsyncIterable<string[]>)
      found.push(...some)
    return found.map(key => key.slice(valkey.prefix.length)).sort()
  }
  const tenants = LIMITS.flatMap(limit =>
    Array.from({ length: TENANTS }, () => ({ limit, tenant: `idle-${random.word(8)}`, oracle: limitsOracle(), spent: random.int(2, 9) })),
  )
  const stateKey = ({ limit, tenant }: (typeof tenants)[number]) =>
    `{${tenant}}:${limit.algorithm}${limit.algorithm === 'token-bucket' ? '' : `:${limit.windowMs}`}`

  for (const one of tenants) {
    await configure([node!], one.tenant, one.limit)
    await quote(node!, one.tenant, one.spent)
    one.oracle.decide(one.limit, one.spent, START)
  }
  did(`${tenants.length} tenants asked once, for 2 to 9 of their 10. Then I looked at the keys in Redis, without the KEY_PREFIX.`)
  const wanted = tenants.flatMap(one => [`{${one.tenant}}:limit`, stateKey(one)]).sort()
  const found = await keys()
  const strange = found.filter(key => !wanted.includes(key))
  const missing = wanted.filter(key => !found.includes(key))
  if (strange.length + missing.length > 0)
    fail({
      subject: 'keys, named as in the contract',
      expected: missing.length > 0 ? `among them ${missing[0]}` : `none but the ${wanted.length} of the contract`,
      saw:
        strange.length > 0
          ? `${strange.length} other${strange.length > 1 ? 's' : ''}, e.g. ${strange[0]}`
          : `${missing.length} of ${wanted.length} missing`,
    })

  const ttl = async (one: (typeof tenants)[number]) => Number(await valkey.admin.pttl(valkey.prefix + stateKey(one)))
  for (const one of tenants) {
    const left = await ttl(one)
    const { reset } = one.oracle.peek(one.limit, 1, START)
    const [least, most] = [Math.ceil(Number(reset) / 1000), Math.ceil(longest(one.limit) / 1000) + SLACK]
    if (left < least || left > most)
      fail({
        subject: `how long the key of ${one.limit.algorithm} lives after ${one.spent} of 10 were spent`,
        expected: `at least ${time(least * 1000)} (then nothing is spent any more), at most ${time(most * 1000)}`,
        saw: left === -1 ? 'for ever: it has no TTL' : time(left * 1000),
      })
  }

  await valkey.clock.advance(300)
  did('300 ms later I sent 20 requests that are refused to a tenant of each algorithm.')
  for (const limit of LIMITS) {
    const one = tenants.find(candidate => candidate.limit === limit)!
    const key = valkey.prefix + stateKey(one)
    const look = async () =>
      `${await valkey.admin.memory('USAGE', key)} bytes, ${(await valkey.admin.dumpBuffer(key))?.toString('hex')}, ${await valkey.admin.call('PEXPIRETIME', key)}`
    const before = await look()
    for (let i = 0; i < 20; i++) await quote(node!, one.tenant, 11 - one.spent)
    const after = await look()
    if (before !== after) {
      const grown =
        before.split(',')[0] === after.split(',')[0]
          ? 'its value or its TTL changed'
          : `${before.split(',')[0]} before, ${after.split(',')[0]} after`
      fail({ subject: `the key of ${limit.algorithm}`, expected: 'unchanged: a refused request writes nothing', saw: grown })
    }
  }

  const stray = await openLua({ learner, valkey, cleanup }, 'token-bucket')
  for (const limit of LIMITS) {
    const lua = limit.algorithm === 'token-bucket' ? stray : await openLua({ learner, valkey, cleanup }, limit.algorithm)
    const before = await keys()
    await lua.ask([{ key: `${valkey.prefix}any-{name}`, limit, cost: 1 }])
    const made = (await keys()).filter(key => !before.includes(key))
    did(`I ran ${lua.file} by hand with another key.`)
    expect(made, 'keys that it made: those in KEYS and no others, or a cluster cannot run it').toEqual(['any-{name}'])
    await valkey.admin.del(`${valkey.prefix}any-{name}`)
  }

  const longestReset = Math.max(...LIMITS.map(longest)) / 1000 + SLACK
  await valkey.clock.advance(longestReset + 1)
  did(`I let ${time((longestReset + 1) * 1000)} pass and looked again.`)
  expect((await keys()).filter(key => !key.endsWith(':limit')).length, 'keys of idle tenants').toBe(0)
})
