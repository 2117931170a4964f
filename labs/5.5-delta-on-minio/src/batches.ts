/** Runs a stream batch after batch, each at least once, as Spark's foreachBatch does. Given: not yours to change. */
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from './config.ts'
import { decoder } from './decode.ts'
import { BatchKafka } from './kafka.ts'
import { nextRanges } from './plan.ts'
import { Registry } from './registry.ts'
import type { Batch, Change, Ranges } from './types.ts'

const IDLE_MS = 50

interface Done {
  batch: number
  next: Record<number, number>
}

interface Plan {
  batch: number
  ranges: Ranges
}

/**
 * Calls `write` with one batch after the other until SIGTERM. What a batch takes is kept before it is read, that it is done after `write`
 * has resolved: killed in between, the same batch comes again, with the same id and the same changes. Rejects with what `write` rejects.
 * @example await runBatches(config, async batch => { await table.append(rowsOf(batch), { txn: { appId: config.appId, version: batch.id } }) })
 */
export async function runBatches(config: Config, write: (batch: Batch) => Promise<void>): Promise<void> {
  const kafka = await BatchKafka.connect(config.brokers, config.changesTopic, config.groupId)
  const decode = decoder(config.format, new Registry(config.registryUrl))
  const doneFile = join(config.checkpointDir, 'done.json')
  const planFile = join(config.checkpointDir, 'plan.json')
  let done: Done = (await read<Done>(doneFile)) ?? { batch: -1, next: {} }

  const run = async (ranges: Ranges): Promise<void> => {
    const id = done.batch + 1
    const changes: Change[] = []
    for (const message of await kafka.read(ranges)) {
      const change = await decode(message)
      if (change) changes.push(change)
    }
    await write({ id, changes })
    const next = { ...done.next, ...Object.fromEntries(Object.entries(ranges).map(([partition, { to }]) => [partition, to])) }
    done = { batch: id, next }
    await replace(doneFile, done)
  }

  const begun = await read<Plan>(planFile)
  if (begun?.batch === done.batch + 1) await run(begun.ranges)
  let stopping = false
  process.once('SIGTERM', () => (stopping = true))
  while (!stopping) {
    const ranges = nextRanges(await kafka.ends(), done.next, config.maxRecords)
    if (Object.keys(ranges).length === 0) await delay(IDLE_MS)
    else {
      await replace(planFile, { batch: done.batch + 1, ranges } satisfies Plan)
      await run(ranges)
    }
  }
  await kafka.close()
}

async function read<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The file holds the old content or the new, never a part. */
async function replace(path: string, content: unknown): Promise<void> {
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(JSON.stringify(content))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
