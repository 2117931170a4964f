/** `pnpm predict`: the learner's questions, written into predictions.yaml. */
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { writeFileAtomic } from '../course/json-file.ts'
import { currentLab, findLab } from '../course/labs.ts'
import { asksForPredictions, learnersSet } from '../course/question-set.ts'
import { repositoryRoot } from '../course/root.ts'
import { readPlainFile } from '../course/safe-read.ts'
import { CodedError } from '../errors/coded-error.ts'
import { draw } from '../experiments/predictions/draw.ts'
import { loadPools } from '../experiments/predictions/pools.ts'
import { SHEET } from '../experiments/predictions/sheet.ts'
import { writeSheet } from '../experiments/predictions/write.ts'

/** Writes what is missing, takes out what is no longer asked, and keeps every answer and comment. */
export default defineCommand({
  meta: {
    name: 'predict',
    description: "Write your questions into a lab's predictions.yaml; your answers stay",
    examples: ['pnpm predict lab-1.1     your questions of lab 1.1', 'pnpm predict             of the lab you are working on'],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'lab-1.1, 1.1 or the folder name; without it the lab you are working on' },
    json: { type: 'boolean', description: 'print what was written as JSON' },
  },
  async run({ args }) {
    const root = repositoryRoot()
    const lab = args.lab ? findLab(root, args.lab) : currentLab(root)
    if (!asksForPredictions(lab)) throw new CodedError('MR-E-146', { lab: lab.id, folder: lab.folder })
    const mine = learnersSet(root, lab, text => process.stderr.write(`${text}\n`))
    const drawn = (await loadPools(lab.testDir)).flatMap(pool => draw(pool, mine))
    const before = readPlainFile(lab.labDir, SHEET, lab.id)?.content.toString('utf8') ?? ''
    const { text, added, removed, open } = writeSheet(before, { lab: lab.id, set: mine.set, drawn })
    if (text !== before) writeFileAtomic(join(lab.labDir, SHEET), text)
    const file = `labs/${lab.folder}/${SHEET}`
    if (args.json) console.log(JSON.stringify({ file, set: mine.set, questions: drawn.length, added, removed, open }, null, 2))
    else console.log(summary({ file, lab: lab.id, total: drawn.length, added, removed, open }))
    return 0
  },
})

function summary(of: { file: string; lab: string; total: number; added: string[]; removed: string[]; open: string[] }): string {
  const { file, lab, total, added, removed, open } = of
  const changes = [
    added.length > 0 ? `${added.length} new` : '',
    removed.length > 0 ? `${removed.length} taken out (${removed.join(', ')})` : '',
    added.length + removed.length === 0 ? 'nothing changed' : '',
  ].filter(Boolean)
  const next =
    open.length > 0
      ? `${open.length} wait for your answer. Answer before you try it out, then: pnpm grade lab-${lab}`
      : `All are answered. Next: pnpm grade lab-${lab}`
  return `${file}: ${total} questions, ${changes.join(', ')}.\n${next}`
}
