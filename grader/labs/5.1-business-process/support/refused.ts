/** Statements of the grader's that the database must refuse. */
import type { Client, Pool } from 'pg'
import { eventually, fail } from '../../../kpi/index.ts'

/**
 * Runs a statement that breaks a rule; it must fail. What it would have done is rolled back either way.
 * @param what the rule that it breaks, in the learner's words
 */
export async function refused(client: Client, sql: string, what: string): Promise<void> {
  await client.query('BEGIN')
  const result = await client.query(sql).then(
    ({ rowCount }) => `it was done (${rowCount} rows)`,
    () => undefined,
  )
  await client.query('ROLLBACK')
  if (result) fail({ subject: what, expected: 'the database refuses it', saw: result, details: [sql.replace(/\s+/g, ' ').slice(0, 300)] })
}

/** Runs a statement that breaks no rule; it must be done. `what`: what it does, in the learner's words. */
export async function done(client: Client, sql: string, what: string): Promise<void> {
  const trouble = await client.query(sql).then(
    ({ rowCount }) => (rowCount === 1 ? undefined : `it changed ${rowCount} rows`),
    (error: Error) => `refused: ${error.message}`,
  )
  if (trouble) fail({ subject: what, expected: 'it breaks no rule and is done', saw: trouble })
}

/**
 * Two transactions at once: the second statement is sent when the first has run and not committed, then both commit.
 * @returns which of the two were done
 */
export async function race(pool: Pool, [first, one]: [Client, string], [second, two]: [Client, string]): Promise<[boolean, boolean]> {
  await first.query('BEGIN')
  await second.query('BEGIN')
  const pid = (await second.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid
  const done = (run: Promise<unknown>) =>
    run.then(
      () => true,
      () => false,
    )
  const oneDone = await done(first.query(one))
  let settled = false
  const running = done(second.query(two)).finally(() => (settled = true))
  await eventually(
    'the second transaction waits for the first, or has its answer',
    async () =>
      settled || (await pool.query('SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = $2', [pid, 'Lock'])).rowCount === 1,
    { within: 10_000 },
  )
  const oneCommitted = await commit(first)
  const twoDone = await running
  const twoCommitted = await commit(second)
  return [oneDone && oneCommitted, twoDone && twoCommitted]
}

/** COMMIT of a transaction that failed succeeds, and says ROLLBACK. */
const commit = (client: Client): Promise<boolean> =>
  client.query('COMMIT').then(
    ({ command }) => command === 'COMMIT',
    () => false,
  )
