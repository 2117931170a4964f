import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Pool } from './types.ts'

/** Where a lab's questions are: `export const pools: Pool<…>[]`. */
export const poolsFile = (testDir: string): string => join(testDir, 'predictions.ts')

/** The pools of a lab; none when it asks for no predictions. Throws what its file throws. */
export async function loadPools(testDir: string): Promise<readonly Pool[]> {
  const file = poolsFile(testDir)
  if (!existsSync(file)) return []
  return ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as { pools: readonly Pool[] }).pools
}
