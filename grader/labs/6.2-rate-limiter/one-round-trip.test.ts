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

  /** What the server has been sent since the last call; waits until MONITOR has shown a command of our own. */
  const sent = async (): Promise<string[][]> => {
    const marker = `${valkey.prefix}marker-${random.word(8)}`
    await valkey.admin.get(marker)
    const at = await eventually('MONITOR has shown all commands', () => commands.findIndex(args => args[1] === marker) + 1 || undefined)
    return commands.splice(0, at).slice(0, -1)
  }

  for (const limit of LIMITS) {
    const tenant = `trip-${random.word(6)}`
    await configure([node!], tenant, limit)
    await quote(node!, tenant)
    await sent()
    const began = performance.now()
    for (let i = 0; i < ASKED; i++) await quote(node!, tenant)
    const seconds = Math.ceil((performance.now() - began) / 1000)
    const seen = await sent()
    did(`I asked ${ASKED} times under ${limit.algorithm} and watched what the node sends to Redis (MONITOR).`)
    const texts = seen.filter(args => args[0]?.toLowerCase() === 'eval')
    if (texts.length > 2)
      fail({
        subject: 'a decision',
        expected: 'one short command: the server knows the script by its SHA1',
        saw: `EVAL with ${texts[0]![1]!.length} characters of script, ${texts.length} times`,
      })
    // The contract grants four reads of the limit a second.
    const most = ASKED + 4 * seconds + 2
    if (seen.length > most)
      fail({
        subject: `commands for ${ASKED} decisions`,
        expected: `${ASKED}, and now and then one that reads the limit`,
        saw: `~${seen.length}`,
        details: ['The first of them:', ...seen.slice(0, 4).map(args => `  ${args.join(' ').replaceAll(valkey.prefix, '').slice(0, 100)}`)],
      })
    expect(seen.length, `commands for ${ASKED} decisions`).toBeGreaterThanOrEqual(ASKED)
  }
})
