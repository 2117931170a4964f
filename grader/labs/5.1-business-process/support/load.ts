/** Runs the learner's loader and reads its report. */
import { expect, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { readable } from '../../../learner/readable.ts'
import type { StartOptions } from '../../../learner/types.ts'

/** The counts of one table in the report. */
export interface Counts {
  read: number
  added: number
  updated: number
  unchanged: number
  rejected: number
}

type Parts = Pick<KpiFixtures, 'learner' | 'postgres'>

const options = (postgres: KpiFixtures['postgres'], dir: string, more: StartOptions = {}): StartOptions => ({
  ...more,
  env: { DATABASE_URL: postgres.url, CSV_DIR: dir, ...more.env },
  read: [dir],
  limits: { cpuSeconds: 120, ...more.limits },
})

/** Runs src/load.ts on a folder, whatever its exit code. `within`: milliseconds until it is a failure. */
export const runLoader = (
  { learner, postgres }: Parts,
  dir: string,
  { within = 60_000, ...more }: StartOptions & { within?: number } = {},
) => learner.run('src/load.ts', { ...options(postgres, dir, more), withinMs: within })

/** Starts src/load.ts and does not wait for its end. */
export const startLoader = ({ learner, postgres }: Parts, dir: string, more: StartOptions = {}) =>
  learner.start('src/load.ts', { ...options(postgres, dir, more), ready: { kind: 'none' } })

/** Runs src/load.ts, which must succeed, and gives its report, by table. Throws KpiFailure when it fails or prints something else. */
export async function load(parts: Parts, dir: string, more: StartOptions & { within?: number } = {}): Promise<Record<string, Counts>> {
  const ran = await runLoader(parts, dir, more)
  if (ran.code !== 0 || ran.limit) {
    fail({
      subject: 'exit code of src/load.ts',
      expected: '0',
      saw: ran.limit ?? String(ran.code ?? ran.signal),
      details: said(parts.learner, ran.stderr, dir),
    })
  }
  return readReport(ran.stdout)
}

/** The report in what the loader printed. */
export function readReport(stdout: string): Record<string, Counts> {
  const refuse = (saw: string): never =>
    fail({ subject: 'what src/load.ts printed on stdout', expected: 'one JSON object: {"tables":{"<table>":{"read":…,"added":…}}}', saw })
  try {
    const { tables } = JSON.parse(stdout) as { tables: Record<string, Counts> }
    return typeof tables === 'object' && tables !== null ? tables : refuse(stdout.slice(0, 200))
  } catch {
    return refuse(stdout.slice(0, 200) || 'nothing')
  }
}

/** Numbers in PostgreSQL's messages that no two runs share. */
const OWN_NUMBERS = /\b(process|transaction|relation|database) (?=\d)/gi

/** The end of what a program printed, without stack frames of anybody else's and without paths of this machine. */
export function said(learner: KpiFixtures['learner'], stderr: string, dir = '\0'): string[] {
  const text = stderr
    .replaceAll(dir, '$CSV_DIR')
    .replace(OWN_NUMBERS, '$1 ~')
    .replace(/tuple \((\d+),(\d+)\)/g, 'tuple (~$1,~$2)')
  const lines = text.split('\n').map(line => ({ at: 0, stream: 'stderr' as const, text: line }))
  return readable(lines, learner.dir).lines
}

/** Of programs that ran side by side, every one must have ended with exit code 0; a failure shows what the first that did not has printed. */
export function expectAllEnded(
  learner: KpiFixtures['learner'],
  program: string,
  ended: readonly { code: number | null; signal: string | null; stderr: string; limit?: string }[],
): void {
  const failed = ended.find(exit => exit.code !== 0 || exit.limit)
  if (failed)
    fail({
      subject: `exit code of ${program}, each of ${ended.length} at once`,
      expected: '0',
      saw: failed.limit ?? String(failed.code ?? failed.signal),
      // Where it was when others got in its way differs from run to run; what it died of does not.
      details: said(learner, failed.stderr).filter(line => /^\w*error\b/i.test(line)),
    })
}

/** Holds a table's counts in the report against what must have become of its rows. */
export function expectCounts(report: Record<string, Counts>, table: string, wanted: Omit<Counts, 'read'>): void {
  const words = (counts: Partial<Counts> | undefined): string =>
    counts
      ? `${counts.read} read: ${counts.added} added, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.rejected} rejected`
      : 'not in the report'
  const read = wanted.added + wanted.updated + wanted.unchanged + wanted.rejected
  expect(words(report[table]), `report on ${table}`).toBe(words({ read, ...wanted }))
}
