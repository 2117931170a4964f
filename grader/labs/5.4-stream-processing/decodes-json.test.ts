import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { envelope, reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('decodes-json', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup })
  const rows = [
    reading(1, 1, 0, { front_c: '4.20', front_open: true }),
    reading(1, 2, 1, { front_c: '4.60' }),
    reading(2, 1, 3, { front_c: '-18.00', rear_c: '3.50', rear_open: false }),
  ]
  const [snapshot, later] = [reading(1, 3, 12, { front_c: '5.10' }), reading(1, 4, 15)]
  const raw = (op: string, after: typeof later | null, before: typeof later | null = null) => ({ partition: 0, value: Buffer.from(JSON.stringify(envelope(after, op, before))) }) // biome-ignore format: one line
  await pipeline.send([...rows, raw('r', snapshot), raw('u', { ...later, front_c: '9.99' }, later), raw('d', null, later), { partition: 0, value: null }, closing(15)]) // biome-ignore format: one line
  did('I sent 3 insertions, 1 row of a snapshot, an update, a deletion and a tombstone as JSON, then a reading an hour later.')

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf([...rows, snapshot], pipeline.options.windowSeconds), () => program)
})
