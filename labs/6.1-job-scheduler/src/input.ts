/** What may be submitted. Given: not yours to change. */
import { randomUUID } from 'node:crypto'
import { BadRequest } from './errors.ts'
import type { CronSpec, JobInput } from './types.ts'

const NAME = /^[A-Za-z0-9_.:-]{1,128}$/

type Fields = Record<string, unknown>

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(`${what} must be an object`)
  return value as Fields
}

function name(value: unknown, what: string): string {
  if (typeof value !== 'string' || !NAME.test(value)) throw new BadRequest(`${what}: letters, digits and _ . : -, at most 128`)
  return value
}

function whole(value: unknown, what: string, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw new BadRequest(`${what}: a whole number, ${least} to ${most}`)
  return value as number
}

const YEARS = 100 * 366 * 86_400_000

/**
 * One job of POST /jobs, with the defaults filled in.
 * @throws BadRequest that names the field
 */
export function readJob(value: unknown): JobInput {
  const job = fieldsOf(value, 'a job')
  const payload = JSON.stringify(job['payload'] ?? {})
  if (payload.length > 65_536) throw new BadRequest('payload: at most 65536 characters of JSON')
  return {
    id: name(job['id'] ?? randomUUID(), 'id'),
    tenant: name(job['tenant'] ?? 'default', 'tenant'),
    kind: name(job['kind'], 'kind'),
    payload,
    priority: whole(job['priority'] ?? 0, 'priority', 0, 9),
    runAt: job['runAt'] === undefined ? null : whole(job['runAt'], 'runAt', 0, YEARS),
    delayMs: whole(job['delayMs'] ?? 0, 'delayMs', 0, YEARS),
    maxAttempts: whole(job['maxAttempts'] ?? 5, 'maxAttempts', 1, 1000),
    backoffMs: whole(job['backoffMs'] ?? 1000, 'backoffMs', 0, 3_600_000),
    timeoutMs: whole(job['timeoutMs'] ?? 60_000, 'timeoutMs', 1, 3_600_000),
  }
}

/** The body of POST /jobs: a job, or a list of at most 1,000. Throws BadRequest. */
export function readJobs(value: unknown): JobInput[] {
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0 || list.length > 1000) throw new BadRequest('1 to 1000 jobs')
  const jobs = list.map(readJob)
  if (new Set(jobs.map(job => job.id)).size < jobs.length) throw new BadRequest('the same id twice in one request')
  return jobs
}

/** The body of PUT /crons/:name. Throws BadRequest; the schedule itself is judged by cron.ts. */
export function readCron(value: unknown): CronSpec {
  const cron = fieldsOf(value, 'a cron')
  const { schedule, timezone = 'UTC' } = cron
  if (typeof schedule !== 'string' || schedule.length > 200) throw new BadRequest('schedule: five fields')
  if (typeof timezone !== 'string' || timezone.length > 64) throw new BadRequest('timezone: an IANA name, e.g. Europe/Oslo')
  const { id: _id, runAt: _runAt, delayMs: _delayMs, ...job } = readJob(cron['job'])
  return { schedule, timezone, job }
}

/** Is this a name for a job or a cron? */
export const isName = (text: string): boolean => NAME.test(text)
