import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Lab } from '../../course/types.ts'
import { poolProblems } from './check.ts'
import { loadPools } from './pools.ts'
import { SHEET } from './sheet.ts'

/** What is wrong with the questions of a lab, held against the answers in its solution; nothing when it asks none. */
export async function questionProblems(lab: Pick<Lab, 'testDir' | 'solutionDir' | 'folder' | 'kpis'>): Promise<string[]> {
  const pools = await loadPools(lab.testDir)
  if (pools.length === 0) return []
  const strange = pools
    .filter(pool => !lab.kpis.some(({ id }) => id === pool.kpi))
    .map(({ kpi }) => `no KPI "${kpi}" judges these questions`)
  let key: Record<string, unknown>
  try {
    key = (parse(readFileSync(join(lab.solutionDir, SHEET), 'utf8')) as { predictions: Record<string, unknown> }).predictions
  } catch (error) {
    return [`solutions/${lab.folder}/${SHEET} does not answer the questions: ${(error as Error).message.split('\n')[0]}`]
  }
  return [...strange, ...poolProblems(pools, new Map(Object.entries(key)))]
}
