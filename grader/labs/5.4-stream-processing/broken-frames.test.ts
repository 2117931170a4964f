import { did, expect, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('broken-frames', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { format: 'avro' })
  const rows = Array.from({ length: 10 }, (_, i) => reading(1, i + 1, i))
  const good = pipeline.bytes(reading(1, 60, 4))
  const version1 = Buffer.from(good)
  version1[0] = 1
  const unknown = Buffer.from(good)
  unknown.writeUInt32BE(2_000_000_000, 1)
  const damaged: [string, string, Buffer][] = [
    ['a frame that begins with 1', 'unreadable', version1],
    ['three bytes', 'unreadable', good.subarray(0, 3)],
    ['a frame cut short', 'unreadable', good.subarray(0, good.length - 4)],
    ['a frame with bytes left over', 'unreadable', Buffer.concat([good, Buffer.from('rest')])],
    ['JSON', 'unreadable', Buffer.from('{"op":"c"}')],
    ['a schema id that nobody registered', 'unknown-schema', unknown],
    ['a temperature that is none', 'invalid', pipeline.bytes(reading(1, 61, 4, { front_c: 'ERR' }))],
  ]
  await pipeline.send([...rows, ...damaged.map(([, , value]) => ({ partition: 0, value })), closing(10)])
  did(`I sent 10 readings as framed Avro and ${damaged.length} messages that are none.`)

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, 10), () => program)
  const rejects = await pipeline.rejects()
  const seen = new Map(rejects.map(record => [record.key, record.headers['reason']]))
  for (const [i, [what, reason]] of damaged.entries())
    expect(seen.get(`${pipeline.topics.readings}/0/${rows.length + i}`) ?? 'not set aside', `what became of ${what}`).toBe(reason)
  expect(rejects.length, 'messages on the topic of rejects').toBe(damaged.length)
})
