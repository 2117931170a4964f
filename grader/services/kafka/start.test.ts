/** Broker and store together: how fast they are there, and that a kill -9 of their owner takes them along. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import { findMarked } from '../../process/marked.ts'
import { openRunDir } from '../../process/run.ts'
import { eachLine } from '../lines.ts'
import type { ServiceEndpoint } from '../types.ts'

const program = fileURLToPath(new URL('../../process/testing/owner.ts', import.meta.url))

/** Milliseconds that an empty Node program takes, from spawn to its end. */
function emptyProgram(): Promise<number> {
  const began = performance.now()
  return new Promise(resolve => spawn(process.execPath, ['-e', '0']).once('exit', () => resolve(performance.now() - began)))
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

test('broker and store are there together after a few times what an empty Node program takes, and stop leaves nothing', async () => {
  const [took, empty]: [number[], number[]] = [[], []]
  for (let round = 0; round < 5; round++) {
    empty.push(await emptyProgram())
    const run = openRunDir()
    const began = performance.now()
    const engine = await startEmbedded(['kafka', 'object-store'], { runId: run.id, runDir: run.dir })
    took.push(performance.now() - began)
    expect(await Promise.all(engine.services.map(service => service.healthy()))).toEqual([true, true])
    await engine.stop()
    expect(findMarked(run.id, run.dir)).toEqual([])
    await run.close()
  }
  const ratio = median(took) / median(empty)
  console.log(
    `broker and store ${median(took).toFixed(0)} ms (supervisor included), an empty program ${median(empty).toFixed(0)} ms: ${ratio.toFixed(1)}×`,
  )
  // Three programs of 75 to 120 ms of processor time each, against 25: on a busy machine twelve times as long.
  expect(ratio).toBeLessThan(20)
})

test.each([0, 60, 120, 180, 240, 400])('kill -9 of the owner after about %i ms leaves nothing', async slot => {
  const owner = spawn(process.execPath, ['--no-warnings', program, 'kafka', 'object-store'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: { id?: string; dir?: string; endpoints?: ServiceEndpoint[] } = {}
  eachLine(owner.stdout, line => Object.assign(said, JSON.parse(line)))
  const gone = new Promise(resolve => owner.once('close', resolve))
  await expect.poll(() => said.dir, { timeout: 10_000, interval: 5 }).toBeDefined()
  await new Promise(resolve => setTimeout(resolve, slot + Math.random() * 60))
  owner.kill('SIGKILL')
  await gone
  const left = () => [...findMarked(said.id!, said.dir!).map(found => found.pid), existsSync(said.dir!)]
  await expect.poll(left, { timeout: 10_000 }).toEqual([false])
})
