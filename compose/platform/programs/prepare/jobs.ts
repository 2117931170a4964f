/** What the scheduler (lab 6.1) does every night. */
import { need } from '../environment.ts'
import { until } from './until.ts'

const NIGHTLY: Record<string, string> = { compact: '0 2 * * *', report: '30 2 * * *' }

/** Puts the crons of compaction and report; one that is there stays as it is. */
export async function putJobs(): Promise<void> {
  for (const [name, schedule] of Object.entries(NIGHTLY)) {
    const job = { kind: 'effect', tenant: 'lake', payload: { url: `${need('LAKE_URL')}/jobs/${name}` }, maxAttempts: 5, backoffMs: 5_000 }
    await until(`cron ${name}`, async () => {
      const answer = await fetch(`${need('SCHEDULER_URL')}/crons/${name}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ schedule, timezone: 'Europe/Oslo', job }),
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      return true
    })
  }
}
