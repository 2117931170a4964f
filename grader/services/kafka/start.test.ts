/** Broker and store together: how fast they are there, and that a kill -9 of their owner takes them along. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import { findMarked } from '../../process/marked.ts'
import { openRunDir } from '../../process/run.ts'
import { eachLine } from '../lines.ts'
import type { ServiceEndpoint } from '../types.ts'

const program = fileURLToPath(new URL('../../process/testing/owner.ts', import.meta.url))

/** Milliseconds of processor time of an empty Node program, and of a process that runs (Linux). */
const emptyProgram = () =>
  Number(execFileSync(process.execPath, ['-p', 'const { user, system } = process.cpuUsage(); (user + system) / 1000']))
function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10 // Ticks of 10 ms.
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

test('broker and store start together with little work, and stop leaves nothing', async () => {
  const [took, work, empty]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < 4; round++) {
    const run = openRunDir()
    const began = performance.now()
    const engine = await startEmbedded(['kafka', 'object-store'], { runId: run.id, runDir: run.dir })
    const ms = performance.now() - began
    const processes = findMarked(run.id, run.dir)
    const used = existsSync('/proc/self/stat') ? processes.reduce((sum, { pid }) => sum + processorTime(pid), 0) : 0
    if (round === 0) {
      // Time enough to keep what was compiled: the next start finds it.
      await new Promise(resolve => setTimeout(resolve, 1_500))
    } else {
      took.push(ms)
      work.push(used)
      empty.push(emptyProgram())
    }
    expect(await Promise.all(engine.services.map(service => service.healthy()))).toEqual([true, true])
    await engine.stop()
    expect(findMarked(run.id, run.dir)).toEqual([])
    await run.close()
  }
  const [ours, theirs] = [median(work), median(empty)]
  console.log(
    `broker and store: ${median(took).toFixed(0)} ms; ${ours} ms of processor time with the supervisor, an empty program ${theirs.toFixed(0)} ms`,
  )
  // Three programs, kept compiled. Compiled anew at each start they would be at thirty times an empty one.
  expect(ours).toBeLessThan(20 * theirs)
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
