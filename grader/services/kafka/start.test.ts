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

test('broker and store start together and stop leaves nothing', async () => {
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    const run = openRunDir()
    const began = performance.now()
    const engine = await startEmbedded(['kafka', 'object-store'], { runId: run.id, runDir: run.dir })
    took.push(performance.now() - began)
    expect(await Promise.all(engine.services.map(service => service.healthy()))).toEqual([true, true])
    await engine.stop()
    expect(findMarked(run.id, run.dir)).toEqual([])
    await run.close()
  }
  const median = took.sort((a, b) => a - b)[2]!
  console.log(`broker and store, supervisor included: median ${median.toFixed(0)} ms (${took.map(Math.round).join(', ')})`)
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
