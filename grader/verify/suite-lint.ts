import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadLabs } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import { contentHash } from './content-hash.ts'
import { runCommand, type Suite } from './suite-vitest.ts'

/** Biome (format, lint), the type checker on the grader, and the type checker on every starter and solution as it is laid for judging. */
export function lintSuite(root: string): Suite {
  const bin = (name: string) => join(root, 'node_modules', '.bin', name)
  return {
    name: 'lint and types',
    key: () => contentHash(root, ['.'], { suite: 'lint' }),
    async run({ signal }) {
      const codes = [
        await runCommand(bin('biome'), ['check', '.'], root, signal),
        await runCommand(bin('tsc'), ['--noEmit', '-p', '.'], root, signal),
        await inWorkspaces(root, dir => runCommand(bin('tsc'), ['--noEmit', '-p', dir], root, signal)),
      ]
      const checks = ['biome check', 'tsc', 'tsc on starters and solutions']
      const failures = checks.filter((_, i) => codes[i] !== 0)
      return { passed: codes.length - failures.length, failed: failures.length, skipped: 0, failures }
    },
  }
}

/** An overlay imports files that only its starter has, so it is checked where both lie together. */
async function inWorkspaces(root: string, check: (dir: string) => Promise<number>): Promise<number> {
  const dir = join(root, '.millrace', 'types')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  for (const lab of loadLabs(root)) {
    layWorkspace({ lab, source: { kind: 'starter' }, dir: join(dir, lab.folder, 'starter') })
    layWorkspace({ lab, source: { kind: 'solution' }, dir: join(dir, lab.folder, 'solution') })
  }
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      include: ['**/*.ts'],
      exclude: [],
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    }),
  )
  try {
    return loadLabs(root).length === 0 ? 0 : await check(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
