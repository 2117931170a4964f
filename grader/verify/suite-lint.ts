import { join } from 'node:path'
import { contentHash } from './content-hash.ts'
import { runCommand, type Suite } from './suite-vitest.ts'

/** Biome (format, lint) and the type checker, one check each. */
export function lintSuite(root: string): Suite {
  const bin = (name: string) => join(root, 'node_modules', '.bin', name)
  return {
    name: 'lint and types',
    key: () => contentHash(root, ['.'], { suite: 'lint' }),
    async run({ signal }) {
      const codes = [
        await runCommand(bin('biome'), ['check', '.'], root, signal),
        await runCommand(bin('tsc'), ['--noEmit', '-p', '.'], root, signal),
      ]
      return { passed: codes.filter(code => code === 0).length, failed: codes.filter(code => code !== 0).length, skipped: 0 }
    },
  }
}
