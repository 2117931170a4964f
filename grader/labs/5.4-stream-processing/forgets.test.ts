import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

const KIB = 1024
const LIMIT = 256 * KIB

/** Bytes of everything below a folder. */
const bytesIn = (dir: string): number =>
  readdirSync(dir, { withFileTypes: true, recursive: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0) // biome-ignore format: one line

kpi('forgets', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { maxRecords: 4000 })
  const hours = random.int(5, 6)
  const rows = Array.from({ length: hours * 3600 }, (_, i) => reading(1, i + 1, i))
  await pipeline.send([...rows, closing(hours * 3600)])
  did(`I sent ~${rows.length} readings of one truck, ~${hours} hours of them, in windows of 10 s.`)

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, 10), () => program, 40_000)
  const size = await eventually('the checkpoint folder', () => {
    const bytes = bytesIn(pipeline.checkpointDir)
    if (bytes > LIMIT) throw new Error(`it holds ~${Math.round(bytes / KIB)} KiB`)
    return `${bytes}`
  }).catch(() => undefined)
  expect(size === undefined ? `~${Math.round(bytesIn(pipeline.checkpointDir) / KIB)} KiB` : 'at most 256 KiB', 'size of the checkpoint folder when one window is open').toBe('at most 256 KiB') // biome-ignore format: one line
})
