import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { envelope, reading } from './support/rows.ts'

interface Line {
  batch: number
  watermark: string | null
  lag: number
  [count: string]: unknown
}

kpi('progress', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { maxRecords: 8 })
  const rows = [...Array.from({ length: 10 }, (_, i) => reading(1, i + 1, i)), reading(1, 11, 60)]
  await pipeline.send([...rows, { partition: 0, value: null }, { partition: 0, value: Buffer.from(JSON.stringify(envelope(null, 'd', rows[0]))) }, { partition: 0, value: Buffer.from('?') }]) // biome-ignore format: one line
  const program = await pipeline.start()
  const lines = (): Line[] =>
    program.logs.flatMap(({ text }) => {
      try {
        const line = JSON.parse(text) as Line
        return typeof line?.batch === 'number' ? [line] : []
      } catch {
        return []
      }
    })
  await pipeline.expectWindows(windowsOf(rows.slice(0, 10), 10), () => program)
  await eventually('lag in the last line on stdout when all is read', () => {
    expect(lines().at(-1)?.lag ?? 'no line').toBe(0)
    return true
  })
  await pipeline.send([reading(1, 11, 60), reading(1, 12, 3)])
  did('I sent 11 readings, a tombstone, a deletion and a broken message, eight messages a batch; then one reading again and one too late.')

  const sum = (count: string) => lines().reduce((total, line) => total + Number(line[count]), 0)
  await eventually('lines that count all 16 messages', () => sum('read') >= 16)
  const counts = Object.fromEntries(['read', 'skipped', 'rejected', 'duplicate', 'late', 'windows'].map(count => [count, sum(count)]))
  expect(counts, 'sums over the lines').toEqual({ read: 16, skipped: 2, rejected: 1, duplicate: 1, late: 1, windows: 1 })
  const [last] = lines().slice(-1)
  expect(last!.watermark, 'watermark in the last line: 06:01:00 less 30 s').toBe('2026-03-02T06:00:30Z')
  expect(last!.lag, 'lag in the last line').toBe(0)
  expect(lines()[0]!.lag, 'lag after the first batch of 8, of 14 that wait').toBe(6)
  expect(lines().map(({ batch }) => batch), 'numbers of the batches').toEqual(lines().map((_, i) => i)) // biome-ignore format: one line
})
