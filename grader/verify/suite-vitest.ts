import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { contentHash } from './content-hash.ts'

/** One part of `pnpm test`. */
export interface Suite {
  name: string
  /** Hash of everything its outcome depends on. */
  key(): string
  /** @param options until: nothing is begun after this moment (`performance.now()`) */
  run(options: { fresh: boolean; signal: AbortSignal; until?: number }): Promise<Counts>
}

/** How a suite ended, in tests. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Each failure in a line or two: where and what, so that the end of a long log says what its middle showed. */
  failures?: string[]
  /** No time was left for some of it: the next run goes on. */
  partial?: true
}

/** Run a command with our output; resolves with its exit code. */
export function runCommand(command: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], signal, killSignal: 'SIGTERM' })
    child.on('error', error => (error.name === 'AbortError' ? resolve(130) : reject(error)))
    child.on('exit', code => resolve(code ?? 1))
  })
}

/**
 * Variables that switch peers and long forms of tests on: a verdict without a peer must not stand for one with it. They are named, since of other
 * variables one that holds a new path in each run would be enough for nothing ever to come from the cache.
 */
export const switches = (env: NodeJS.ProcessEnv = process.env): [string, string | undefined][] =>
  Object.entries(env)
    .filter(([name]) => /^(MILLRACE_(SOAK|SEED|REAL_)|PEERS$|OBJECT_STORE_)/.test(name))
    .sort()

/**
 * A project of vitest.config.ts as a suite.
 * @param filters files or folders of it; empty: the whole project
 * @param inputs files and folders whose content decides the outcome
 * @param machine what else does: what is missing here, so that a test skipped for it is not taken for skipped once it is there
 */
export function vitestSuite(root: string, project: string, filters: readonly string[], inputs: readonly string[], machine: string): Suite {
  return {
    name: [project, ...filters].join(' '),
    key: () => contentHash(root, inputs, { suite: 'vitest', project, filters, machine, switches: switches() }),
    async run({ signal }) {
      const dir = mkdtempSync(join(tmpdir(), 'millrace-test-'))
      const file = join(dir, 'report.json')
      try {
        const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
        const code = await runCommand(
          process.execPath,
          [
            vitest,
            'run',
            '--project',
            project,
            '--reporter=dot',
            '--silent=passed-only',
            '--reporter=json',
            `--outputFile.json=${file}`,
            ...filters,
          ],
          root,
          signal,
        )
        return countsOf(root, JSON.parse(readFileSync(file, 'utf8')) as VitestReport, code)
      } catch (error) {
        console.error(`${project}: no report: ${error}`)
        return { passed: 0, failed: 1, skipped: 0, failures: [`no report: ${error}`] }
      } finally {
        rmSync(dir, { recursive: true, force: true })
      }
    },
  }
}

/** What we read of vitest's JSON report. */
export interface VitestReport {
  numPassedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[]
  }[]
}

/**
 * A report's counts. A file that breaks before its tests run counts as one failure, whatever else failed, and so does an error that belongs to no
 * test, of which only the exit code tells.
 */
export function countsOf(root: string, report: VitestReport, code: number): Counts {
  const failures = report.testResults.flatMap(file => {
    const where = relative(root, file.name)
    const failed = file.assertionResults.filter(test => test.status === 'failed')
    if (failed.length === 0) return file.status === 'failed' ? [`${where}: ${inShort(file.message)}`] : []
    return failed.map(test => `${where} > ${test.fullName}: ${inShort(test.failureMessages?.[0] ?? '')}`)
  })
  if (failures.length === 0 && code !== 0) failures.push(`vitest ended with code ${code} though no test failed: an error outside of them`)
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(failures.length > 0 ? { failures } : {}),
  }
}

/** A message without the places it came through, at most 600 characters of it. */
const inShort = (message: string): string =>
  message
    .split('\n')
    .filter(line => !/^\s*at /.test(line) && line.trim() !== '')
    .map(line => line.trim())
    .join(' · ')
    .slice(0, 600)
