/** The files that a platform runs, laid where they run: the platform's own programs, and the labs that are its parts. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate, tableLines } from '../../datasets/index.ts'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import type { PartsFrom } from './types.ts'

/** Folders of the repository that the platform's own programs are made of, laid with their paths so that their imports hold. */
const OWN = [
  'compose/platform/programs',
  'compose/platform/sql',
  'compose/platform/connectors',
  'compose/platform/spark',
  'labs/5.5-delta-on-minio/src/delta',
]

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

/**
 * Trucks that only smoke runs drive: readings of a real one would raise false alarms. So many that a truck's turn comes again when the rules
 * hold its last alert back no longer (300 s of event time), even when runs follow each other without a pause.
 */
export const TEST_TRUCKS = 64

/** Name of the nth test truck, from 1. */
export const testTruck = (n: number): string => `V-90${String(n).padStart(2, '0')}`

/** Lays the three CSV files of the business into `dir`, the test trucks among the vehicles. */
export function layData(dir: string, seed: number): void {
  mkdirSync(dir, { recursive: true })
  const dataset = generate({ size: 's', seed })
  const lines = (table: 'depots' | 'vehicles' | 'shipments') => [...tableLines(dataset, table)]
  writeFileSync(join(dir, 'depots.csv'), lines('depots').join(''))
  const vehicles = lines('vehicles')
  const home = vehicles[1]!.split(',')[2]!
  const tests = Array.from(
    { length: TEST_TRUCKS },
    (_, i) => `${testTruck(i + 1)},TEST ${i + 1},${home},test,1,false,2026-01-01,vaccine,2.00,8.00,,,\n`,
  )
  writeFileSync(join(dir, 'vehicles.csv'), [...vehicles, ...tests].join(''))
  writeFileSync(join(dir, 'shipments.csv'), lines('shipments').join(''))
}
