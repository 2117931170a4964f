import { gateProxy } from '../../experiments/gate-proxy.ts'
import type { Limit } from '../../experiments/limits-oracle.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { configure, quote, startNodes } from './support/nodes.ts'

const NODES = 4
/** One unit is left when all have asked once. */
const LIMITS: Limit[] = [
  { algorithm: 'token-bucket', capacity: NODES + 1, refillPerSecond: 0.001 },
  { algorithm: 'sliding-window-log', limit: NODES + 1, windowMs: 3_600_000 },
  { algorithm: 'sliding-window-counter', limit: NODES + 1, windowMs: 3_600_000 },
]

kpi('no-race', async ({ learner, valkey, engine, random, timeline, cleanup }) => {
  if (engine === 'embedded') await valkey.clock.freeze()
  const gate = await gateProxy({ host: valkey.host, target: valkey.port, lanes: NODES, timeline })
  cleanup(() => gate.close())
  const redisUrl = (lane: number) => `redis://${valkey.user}:${valkey.password}@127.0.0.1:${gate.ports[lane]}`
  const nodes = await startNodes({ learner, valkey }, { count: NODES, redisUrl })

  // Twice each: a node that happens to read its limit again in between is a step behind the others.
  for (const limit of [...LIMITS, ...LIMITS]) {
    const tenant = `race-${random.word(6)}`
    await configure(nodes, tenant, limit)
    const before = await Promise.all(nodes.map(node => quote(node, tenant)))
    did(`${NODES} nodes, ${limit.algorithm}, a limit of ${NODES + 1}: I asked each node once.`)
    expect(before.filter(reply => reply.status === 200).length, 'requests let through').toBe(NODES)

    gate.lockstep()
    const replies = await Promise.all(
      nodes.map(async (node, lane) => {
        const reply = await timeline.op(node.name, `${tenant} asks for the last unit`, () => quote(node, tenant))
        gate.leave(lane)
        return reply
      }),
    )
    gate.open()
    did('One unit is left. I asked all nodes for it at once, and held the first reply of Redis until each node had its own.')
    expect(replies.filter(reply => reply.status === 200).length, `of ${NODES} requests for the last unit, let through`).toBe(1)
  }
})
