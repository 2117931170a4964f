/** Which questions a learner is asked, lab by lab: `.millrace/state/<lab>.predictions.json`. */
import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { EVIDENCE_FILE, type Judged } from '../experiments/predictions/evidence.ts'
import { poolsFile } from '../experiments/predictions/pools.ts'
import { SHEET, setOf } from '../experiments/predictions/sheet.ts'
import type { QuestionSet } from '../experiments/predictions/types.ts'
import type { Results } from '../results/types.ts'
import { readJson, writeJson } from './json-file.ts'
import { readPlainFile } from './safe-read.ts'
import type { Lab } from './types.ts'

const schema = z.strictObject({
  version: z.literal(1),
  set: z.int().min(0).max(0xffffffff),
  spent: z.array(z.string()).max(1000),
})

const stateFile = (root: string, lab: Lab): string => join(root, '.millrace/state', `${lab.id}.predictions.json`)

/** True when a lab asks for predictions. */
export const asksForPredictions = (lab: Lab): boolean => existsSync(poolsFile(lab.testDir))

/**
 * This learner's questions. The number is drawn when a clone first asks for it, and then stays; a clone that has none takes over the one on
 * the sheet, so that a sheet can be judged where it was not written.
 * @throws CodedError MR-E-014, MR-E-016 when predictions.yaml is no ordinary file
 */
export function learnersSet(root: string, lab: Lab, note?: (text: string) => void): QuestionSet {
  const none = { version: 1 as const, set: -1, spent: [] as string[] }
  const known = readJson(stateFile(root, lab), schema, none, note)
  if (known.set !== -1) return { set: known.set, spent: known.spent }
  const sheet = readPlainFile(lab.labDir, SHEET, lab.id)?.content.toString('utf8')
  const set = (sheet === undefined ? undefined : setOf(sheet)) ?? randomInt(1, 100_000)
  writeJson(stateFile(root, lab), { version: 1, set, spent: [] })
  return { set, spent: [] }
}

/** After a run of the learner's files: a question whose answer they have seen is spent. */
export function spendQuestions(root: string, lab: Lab, results: Pick<Results, 'evidence' | 'source'>): void {
  if (results.source !== 'learner' || !asksForPredictions(lab)) return
  const wrong = judgedIn(join(root, results.evidence))
    .filter(({ right }) => !right)
    .map(({ id }) => id)
  if (wrong.length === 0) return
  const { set, spent } = learnersSet(root, lab)
  writeJson(stateFile(root, lab), { version: 1, set, spent: [...spent.filter(id => !wrong.includes(id)), ...wrong] })
}

function judgedIn(evidence: string): Judged[] {
  if (!existsSync(evidence)) return []
  return readdirSync(evidence, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(evidence, entry.name, EVIDENCE_FILE))
    .filter(existsSync)
    .flatMap(file => JSON.parse(readFileSync(file, 'utf8')) as Judged[])
}
