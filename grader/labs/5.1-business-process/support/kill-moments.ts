/** When a loader is killed: moments that the database shows, and moments of the clock. */
import { eventually } from '../../../kpi/index.ts'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'

type Postgres = KpiFixtures['postgres']

export interface Moment {
  /** As a learner reads it. */
  name: string
  /** Resolves when it has come; false when the program ended first. */
  reached(program: Program): Promise<boolean>
}

/** Asks again and again until the answer is true or the program has ended. */
async function until(program: Program, holds: () => Promise<boolean>): Promise<boolean> {
  while (program.running) if (await holds()) return program.running
  return false
}

const ask = async ({ admin, user }: Postgres, sql: string, values: unknown[] = []): Promise<boolean> => {
  const { rows } = await admin.query<{ yes: boolean }>(sql, [user, ...values])
  return rows[0]?.yes === true
}

const COPIED = `SELECT coalesce(max(p.bytes_processed), 0) > $2 AS yes FROM pg_stat_progress_copy p JOIN pg_stat_activity a USING (pid) WHERE a.usename = $1`
const CONNECTED = `SELECT count(*) > 0 AS yes FROM pg_stat_activity WHERE usename = $1 AND xact_start IS NOT NULL`
const INDEXING = `SELECT count(*) > 0 AS yes FROM pg_stat_activity WHERE usename = $1 AND query ~* '(primary key|create .*index|foreign key|insert into|merge|commit)' AND state = 'active'`

/**
 * Moments in random order.
 * @param bytes size of the big file
 * @param seen true when others see something of the load: for a loader that commits on the way, this is its COPY's middle
 */
export function moments(postgres: Postgres, random: Random, bytes: number, seen: () => Promise<boolean>): Moment[] {
  const part = () => random.int(5, 90)
  const early = part()
  const late = part()
  const ms = random.int(150, 500)
  return random.shuffle([
    { name: 'as its transaction began', reached: program => until(program, () => ask(postgres, CONNECTED)) },
    ...[early, late].map(percent => ({
      name: `when COPY had taken ${percent} % of the file`,
      reached: (program: Program) =>
        until(program, async () => (await ask(postgres, COPIED, [Math.floor((bytes * percent) / 100)])) || (await seen())),
    })),
    { name: 'after COPY, while keys were made or rows merged', reached: program => until(program, () => ask(postgres, INDEXING)) },
    {
      name: `~${ms} ms after its start`,
      reached: async program => {
        const due = performance.now() + ms
        return until(program, async () => {
          await postgres.admin.query('SELECT pg_sleep(0.004)')
          return performance.now() >= due
        })
      },
    },
  ])
}

/** Waits until the server has noticed that the killed program's connections are gone. */
export const backendsGone = (postgres: Postgres): Promise<boolean> =>
  eventually(
    'the killed program’s connections are closed',
    () => ask(postgres, 'SELECT count(*) = 0 AS yes FROM pg_stat_activity WHERE usename = $1'),
    {
      within: 20_000,
    },
  )
