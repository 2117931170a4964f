/** The files that a platform runs, laid where they run: the platform's own programs, and the labs that are its parts. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate, tableLines } from '../../datasets/index.ts'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import type { PartsFrom } from './types.ts'

/** Folders of the repository that the platform's own programs are made of, laid with their paths so that their imports hold. */
const OWN = ['compose/platform/programs', 'compose/platform/sql', 'compose/platform/connectors', 'solutions/5.5-delta-on-minio/src/delta']

/** Where the entry of one of the platform's own programs is, below what `layOwn` has laid. */
export const ownEntry = (name: string): string => `compose/platform/programs/${name}`

/** Lays the platform's own programs into `dir`. */
export function layOwn(root: string, dir: string): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}\n')
  for (const folder of OWN) cpSync(join(root, folder), join(dir, folder), { recursive: true })
}

/** Lays a lab's files into `dir`: its solution, or what its learner has written. */
export function layLab(root: string, id: string, from: PartsFrom, dir: string): void {
  layWorkspace({ lab: findLab(root, id), source: { kind: from === 'labs' ? 'learner' : 'solution' }, dir })
}

/** Lays the three CSV files of the business into `dir`. */
export function layData(dir: string, seed: number): void {
  mkdirSync(dir, { recursive: true })
  const dataset = generate({ size: 's', seed })
  for (const table of ['depots', 'vehicles', 'shipments'] as const)
    writeFileSync(join(dir, `${table}.csv`), [...tableLines(dataset, table)].join(''))
}
