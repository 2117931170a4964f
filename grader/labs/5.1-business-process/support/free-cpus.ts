/** How much of the machine is to be had: a pipeline of two processes needs two CPUs, and on a machine that is busy it has them not. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

const SPIN = `const { workerData } = require('node:worker_threads'); const until = performance.now() + workerData; while (performance.now() < until);`

/**
 * Lets `wanted` threads spin for `ms` milliseconds each and gives the share of the CPU time they wanted that they got:
 * about 1 on an idle machine with as many CPUs, 0.5 when as many others want them too.
 */
export async function freeCpus(wanted: number, ms = 200): Promise<number> {
  const before = process.cpuUsage()
  const began = performance.now()
  const threads = Array.from({ length: wanted }, () => new Worker(SPIN, { eval: true, workerData: ms }))
  await Promise.all(threads.map(thread => once(thread, 'exit')))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / ((performance.now() - began) * wanted)
}
