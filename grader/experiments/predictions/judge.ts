import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { did } from '../../kpi/current.ts'
import { KpiFailure } from '../../kpi/outcomes.ts'
import type { PredictionsFixture } from '../../kpi/types.ts'
import { agrees, inWords } from './answers.ts'
import { draw } from './draw.ts'
import { EVIDENCE_FILE, type Judged } from './evidence.ts'
import { recorder } from './record.ts'
import { readSheet, SHEET, type Written } from './sheet.ts'
import type { Answer, Drawn, Pool } from './types.ts'

/** Wrong predictions whose experiments are shown; the evidence has all of them. */
const SHOWN = 3

/**
 * Reads the learner's predictions, performs the experiment of every question that was drawn for them, in turn, and holds each answer against
 * what happened. Passes when all are right.
 * @param prepare makes what the experiments work on; called once, when the sheet has been read
 * @param options.read the text of a file of the learner's workspace
 * @throws KpiFailure with the recorded experiments of wrong predictions; CodedError MR-E-140 … 145 for a sheet that cannot be judged;
 * whatever an experiment throws: it decided nothing
 */
export async function judgePredictions<Bench>(
  pool: Pool<Bench>,
  prepare: () => Promise<Bench>,
  options: { predictions: PredictionsFixture; read: (path: string) => Promise<string> },
): Promise<void> {
  const { predictions, read } = options
  const drawn = draw(pool, predictions)
  const known = new Map(
    (await predictions.pools()).flatMap(each => each.groups).flatMap(g => g.questions.map(q => [q.id, g.kind] as const)),
  )
  const answers = readSheet(await read(SHEET), { lab: predictions.lab, drawn, known, set: predictions.set })
  const bench = await prepare()
  const judged: Judged[] = []
  for (const question of drawn) judged.push(await perform(question, answers.get(question.id)!, bench))
  writeFileSync(join(predictions.evidence, EVIDENCE_FILE), `${JSON.stringify(judged, null, 2)}\n`)
  const wrong = judged.filter(({ right }) => !right)
  did(`I performed the experiments of your ${judged.length} questions; ${judged.length - wrong.length} went as you predicted.`)
  if (wrong.length > 0) throw new KpiFailure(feedbackOn(wrong, predictions.lab))
}

async function perform<Bench>(question: Drawn<Bench>, { answer, line }: Written, bench: Bench): Promise<Judged> {
  const record = recorder()
  const happened: Answer = await question.experiment(bench, record)
  return {
    id: question.id,
    ask: question.ask,
    predicted: inWords(question.kind, answer),
    happened: inWords(question.kind, happened),
    right: agrees(question.kind, answer, happened),
    line,
    record: record.lines,
  }
}

function feedbackOn(wrong: readonly Judged[], lab: string): KpiFailure['feedback'] {
  const [first] = wrong
  const shown = wrong.slice(0, SHOWN)
  const rest = wrong.slice(SHOWN)
  return {
    subject: `${first!.id} (${SHEET}:${first!.line}): ${first!.ask}`,
    expected: `${first!.predicted}, as you predicted`,
    saw: first!.happened,
    details: [
      ...shown.flatMap(({ id, ask, predicted, happened, line, record }, n) => [
        n === 0 ? 'The experiment:' : `${id} (${SHEET}:${line}): ${ask} You predicted ${predicted}; what happened: ${happened}.`,
        ...record.map(text => `  ${text}`),
      ]),
      ...(rest.length > 0 ? [`Wrong, too: ${rest.map(({ id }) => id).join(', ')}; their experiments are in ${EVIDENCE_FILE}.`] : []),
    ],
    because: `Now that you have seen ${wrong.length === 1 ? 'it' : 'them'}: \`pnpm predict lab-${lab}\` asks ${wrong.length === 1 ? 'another question' : `${wrong.length} others`} about the same.`,
  }
}
