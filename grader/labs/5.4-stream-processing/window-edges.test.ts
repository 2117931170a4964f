import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { type ReadingRow, reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('window-edges', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup })
  const rows: ReadingRow[] = []
  const add = (vehicle: number, at: number, more: ReadingRow) => rows.push(reading(vehicle, rows.length + 1, at, more))
  // At the edges: 10 s belong to the next window, and arrival has no say.
  for (const at of [0, 9, 10, 19, 20]) add(1, at, { front_c: '4.00', ingest_time: '2026-03-02T06:10:00.000Z' })
  // Means that end in half a hundredth, on both sides of zero.
  for (const [i, whole] of [random.int(18, 25), random.int(18, 25), 0].entries())
    for (const part of ['00', '01'])
      add(2, i * 10 + Number(part), { front_c: `-${whole}.${part}`, rear_c: `${whole}.${part}`, rear_open: false })
  // Sensor faults say nothing; the reading counts.
  for (const [at, front_c] of [[0, '-127.00'], [1, '4.10'], [2, '85.00'], [10, '-127.00'], [11, '-40.01'], [20, '-40.00'], [21, '60.00']] as const) add(3, at, { front_c, front_open: true }) // biome-ignore format: one line
  await pipeline.send([...rows, closing(30)])
  did('I sent readings at the edges of windows, temperatures whose mean ends in half a hundredth, and sensor faults.')

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, pipeline.options.windowSeconds), () => program)
})
