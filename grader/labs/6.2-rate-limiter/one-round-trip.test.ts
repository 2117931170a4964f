import type { Limit } from '../../experiments/limits-oracle.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { configure, quote, startNodes } from './support/nodes.ts'

const ASKED = 60
const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: 50, refillPerSecond: 0.001 },
  { algorithm: 'sliding-window-log', limit: 50, windowMs: 3_600_000 },
  { algorithm: 'sliding-window-counter', limit: 50, windowMs: 3_600_000 },
]

kpi('one-round-trip', async ({ learner, valkey, random, cleanup }) => {
  const [node] = await startNodes({ learner, valkey })
  const monitor = await valkey.admin.duplicate().monitor()
  cleanup(() => monitor.disconnect())
  const commands: string[][] = []
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    if (source !== 'lua' && args.some(arg => arg.startsWith(valkey.prefix))) commands.push(args)
  })

  for (const limit of LIMITS) {
    const tenant = `trip-${random.word(6)}`
    await configure([node!], tenant, limit)
    await quote(node!, tenant)
    commands.length = 0
    const began = performance.now()
    for (let i = 0; i < ASKED; i++) await quote(node!, tenant)
    const seconds = Math.ceil((performance.now() - began) / 1000)
    const end = `${valkey.prefix}end-${random.word(6)}`
    await valkey.admin.get(end)
    await eventually('the server has shown all commands', () => commands.some(args => args[1] === end))
    const seen = commands.filter(args => args[1] !== end)
    did(`I asked ${ASKED} times under ${limit.algorithm} and watched what the node sends to Redis (MONITOR).`)
    const text = seen.find(args => args[0]?.toLowerCase() === 'eval')
    if (text)
      fail({
        subject: 'a decision',
        expected: 'one short command: the script is known to the server by its SHA1',
        saw: `EVAL with ${text[1]!.length} characters of script, ${seen.filter(args => args[0]?.toLowerCase() === 'eval').length} times`,
      })
    // A limit may be read again after a second at the latest; four times a second is generous.
    const most = ASKED + 4 * seconds + 2
    if (seen.length > most)
      fail({
        subject: `commands for ${ASKED} decisions`,
        expected: `${ASKED}, and now and then one that reads the limit`,
        saw: `~${seen.length}`,
        details: ['The first of them:', ...seen.slice(0, 4).map(args => `  ${args.join(' ').replaceAll(valkey.prefix, '').slice(0, 100)}`)],
      })
    expect(seen.length, 'commands').toBeGreaterThanOrEqual(ASKED)
  }
})
