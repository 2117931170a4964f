/**
 * A kill at the two moments that matter. The table is locked, so that a sink's statement waits in the database: then it has read its batch and
 * written nothing. A broker that is killed meanwhile cannot be told of offsets: then what is written is not committed. (A broker that is only
 * paused would find the request when it goes on.)
 */

import type { ReadingValue } from '../../../experiments/streams/reading.ts'
import { committedBy } from '../../../experiments/topic.ts'
import { did, eventually, inconclusive } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Flow } from './flow.ts'
import type { Sink } from './sinks.ts'

/** Milliseconds: a broker that was just started, on a busy machine. */
const KNOWS_AGAIN_WITHIN = 60_000

type Parts = Pick<KpiFixtures, 'postgres' | 'kafka'>

/** Locks the table against writers; reading goes on. Ends with the returned function. */
async function lockReadings({ postgres }: Parts): Promise<() => Promise<void>> {
  const client = await postgres.admin.connect()
  await client.query('BEGIN')
  await client.query('LOCK TABLE readings IN SHARE MODE')
  return async () => {
    await client.query('ROLLBACK')
    client.release()
  }
}

/** Somebody's statement waits for the table. */
const waits = ({ postgres }: Parts, sink: Sink) =>
  eventually(
    `${sink.name} writes what I sent`,
    async () => {
      await sink.check()
      const { rowCount } = await postgres.admin.query("SELECT 1 FROM pg_locks WHERE relation = to_regclass('readings') AND NOT granted")
      return (rowCount ?? 0) > 0
    },
    { within: sink.patience, every: 20 },
  )

/** Ends the statements of a dead client, which the server would carry out all the same. */
const endStatements = ({ postgres }: Parts) =>
  postgres.admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [postgres.user])

/** Kills the sink when it has read these readings and none of them is written, and starts it again. */
export async function killedBeforeWrite(parts: Parts, flow: Flow, sink: Sink, values: readonly ReadingValue[]): Promise<void> {
  const unlock = await lockReadings(parts)
  try {
    await flow.sendReadings(values)
    await waits(parts, sink)
    await sink.kill()
    await endStatements(parts)
  } finally {
    await unlock()
  }
  did(
    `I locked the table, sent ${values.length} readings, saw the statement of ${sink.name} wait, killed it (kill -9) and ended the statement: nothing was written. Then I started it again.`,
  )
  await sink.again()
}

/** Kills the sink when some of these readings are written and their offsets are not committed, and starts it again. */
export async function killedBeforeCommit(parts: Parts, flow: Flow, sink: Sink, values: readonly ReadingValue[]): Promise<void> {
  const { postgres, kafka } = parts
  const count = async () => Number((await postgres.admin.query('SELECT count(*) AS n FROM readings')).rows[0].n)
  const before = await count()
  const committed = () => committedBy(kafka, sink.group, flow.topics.readings)
  const unlock = await lockReadings(parts)
  let locked = true
  const earlier = (await kafka.admin.fetchTopicOffsets(flow.topics.readings)).reduce((sum, { high }) => sum + Number(high), 0)
  try {
    await flow.sendReadings(values)
    await waits(parts, sink)
    await kafka.kill()
    await unlock()
    locked = false
    await eventually(`${sink.name} writes`, async () => (await count()) > before, { within: sink.patience, every: 5 })
    await sink.kill()
  } finally {
    if (locked) await unlock()
    await kafka.start()
  }
  // A broker that was just started reads the offsets again; until then it is no group's coordinator.
  const offsets = await eventually('offsets', committed, { within: KNOWS_AGAIN_WITHIN, every: 100 }).catch(() =>
    inconclusive(`the broker did not know the group's offsets ${KNOWS_AGAIN_WITHIN / 1000} s after its start`),
  )
  if (offsets > earlier) inconclusive('offsets were committed before the sink could be killed')
  did(
    `I sent ${values.length} readings, let ${sink.name} write while the broker was dead, and killed ${sink.name} (kill -9), too: rows were there, their offsets were not. Then I started both again.`,
  )
  await sink.again()
}
