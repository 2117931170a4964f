import { faultProxy } from '../../experiments/fault-proxy.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

/** Milliseconds that the registry stays away, unless a message was rejected before: whoever takes that for a fault of the messages has come to them. */
const AWAY = 2_000
/** Milliseconds: a registry on Java that reads its memory again, on a busy machine. */
const KNOWS_AGAIN_WITHIN = 60_000

kpi('registry-away', async ({ learner, kafka, registry, scratch, timeline, cleanup }) => {
  const van = truck(5001)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: [van], lateness: 10 })
  const link = await faultProxy({ host: registry.host, target: registry.port, timeline, lane: 'link to the registry' })
  cleanup(() => link.close())
  await pipe.start({ REGISTRY_URL: registry.url.replace(`:${registry.port}`, `:${link.port}`) })
  link.cut()
  await registry.kill()
  const readings = series(van, MORNING, [...times(20, 500), ...times(100, 900)])
  await pipe.send(readings)
  const { marks, last } = await pipe.finish(readings)
  did(
    `The processor was ready; I killed the registry, sent ${readings.length} readings in order, and let it reach the registry again when that knew what it had known.`,
  )
  await eventually('a message is rejected', () => pipe.rejects.messages.length > 0, { within: AWAY }).catch(() => {})
  await registry.start()
  // One that keeps its schemas in a topic answers before it has read them again, and says 404 to every id until then (3.2): no traffic before it is ready.
  const knows = async () => (await registry.ask(`/schemas/ids/${pipe.writer.id}`)).status === 200
  await eventually('the registry knows its schemas again', knows, { within: KNOWS_AGAIN_WITHIN, every: 50 })
  link.heal()
  await expectAlerts(pipe, registry, { due: truth([...readings, ...marks]), last })
  await pipe.rejects.caughtUp()
  expect(pipe.rejects.messages.length, 'rejects (the messages were whole; it was the registry that was away)').toBe(0)
})
