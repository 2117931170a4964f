import { chmodSync } from 'node:fs'
import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('same-batch-again', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup })
  const first = [reading(1, 1, 0), reading(1, 2, 45)]
  await pipeline.send(first)
  let program = await pipeline.start()
  const opening = windowsOf([reading(1, 1, 0)], 10)
  await pipeline.expectWindows(opening, () => program)

  chmodSync(pipeline.checkpointDir, 0o555)
  cleanup(() => chmodSync(pipeline.checkpointDir, 0o755))
  await pipeline.send([reading(1, 3, 48), reading(1, 4, 100)])
  did(
    'I let it write its first window, then took away the right to write to its checkpoint folder and sent readings that close a second one.',
  )
  await eventually('it notices', async () => !program.running || (await pipeline.windows()).byKey.size > 1, { within: 10_000 }).catch(
    () => {},
  )
  const told = (await pipeline.windows()).byKey.size > 1
  await program.kill()
  chmodSync(pipeline.checkpointDir, 0o755)

  const behind = reading(1, 5, 47, { front_c: '39.00' })
  await pipeline.send([behind, closing(100)])
  did('I killed it, gave the right back, sent a reading of the second window, and started it again.')
  program = await pipeline.start()
  // Where the window was told before, the reading is late; where nothing was told, it may be in it. Both are one value.
  const rows = [...first, reading(1, 3, 48), reading(1, 4, 100)]
  const [without, withIt] = [windowsOf(rows, 10), windowsOf([...rows, behind], 10)]
  if (told) return pipeline.expectWindows(without, () => program)
  await eventually('the windows on the topic', async () => (await pipeline.windows()).byKey.size >= without.size, { within: 20_000 })
  const { byKey, twice } = await pipeline.windows()
  if (twice !== undefined)
    fail({ subject: 'a window on the topic', expected: 'one value, however often it is written', saw: `two of ${twice}` })
  const second = [...byKey.values()].find(window => String(window['window_start']).endsWith('06:00:40Z'))
  const fits = [without, withIt].some(due => JSON.stringify([...due.values()][1]?.['readings']) === JSON.stringify(second?.['readings']))
  if (!fits) fail({ subject: 'readings in the second window', expected: '2 or 3', saw: String(second?.['readings']) })
  if (second === undefined) inconclusive('The second window was never written.')
})
