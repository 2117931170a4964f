/** For the tests of this folder: a workspace, a learner on it, and a look at what is left afterwards. */
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findMarked } from '../process/marked.ts'
import { type Warden, warden } from '../process/warden.ts'
import type { TimelineEvent } from '../results/types.ts'
import { createLearner, type LearnerOptions, type OwnedLearner } from './index.ts'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const HOSTILE = fileURLToPath(new URL('hostile', import.meta.url))

/** The lines of defence that can be tested here: as root both, else the one that there is. */
export const ISOLATIONS: NonNullable<LearnerOptions['isolation']>[] = process.getuid?.() === 0 ? ['best', 'runtime'] : ['best']

export interface TestBed {
  learner: OwnedLearner
  /** Everything of this test is below it. */
  root: string
  workspace: string
  evidence: string
  events: Omit<TimelineEvent, 'kpi'>[]
  /** Closes the learner and returns what it left behind: processes and folders, each in words. */
  end(): Promise<string[]>
}

/** A learner over `files` (path → text) and every hostile program, in a folder of its own. */
export function testBed(files: Record<string, string> = {}, options: Partial<LearnerOptions> = {}): TestBed {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-learner-test-')))
  chmodSync(root, 0o755) // or a user of its own could not reach the workspace
  const workspace = join(root, 'workspace')
  const evidence = join(root, 'evidence')
  mkdirSync(join(workspace, 'hostile'), { recursive: true })
  mkdirSync(evidence)
  for (const name of readdirSync(HOSTILE)) copyFileSync(join(HOSTILE, name), join(workspace, 'hostile', name))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true })
    writeFileSync(join(workspace, path), text)
  }
  const runId = randomBytes(6).toString('hex')
  const guard: Warden = warden()
  const folders: string[] = []
  const events: TestBed['events'] = []
  const learner = createLearner({
    dir: workspace,
    runId,
    runStart: Date.now(),
    evidenceDir: evidence,
    warden: {
      add: pid => guard.add(pid),
      drop: pid => guard.drop(pid),
      dir: path => {
        folders.push(path)
        guard.dir(path)
      },
    },
    nodeModules: join(REPOSITORY, 'node_modules'),
    onEvent: event => events.push(event),
    ...options,
  })
  return {
    learner,
    root,
    workspace,
    evidence,
    events,
    async end() {
      await learner.close()
      const left = [
        ...findMarked(runId, workspace).map(({ pid }) => `process ${pid}`),
        ...folders.filter(path => existsSync(path)).map(path => `folder ${path}`),
      ]
      await guard.close()
      rmSync(root, { recursive: true, force: true })
      return left
    },
  }
}
