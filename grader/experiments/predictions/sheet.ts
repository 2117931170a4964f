/** Reads predictions.yaml: every mistake with its file, line and next step. */
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { CodedError } from '../../errors/coded-error.ts'
import { nearest } from '../../ui/nearest.ts'
import { answerOf, wanted } from './answers.ts'
import type { Answer, Drawn, Kind } from './types.ts'

/** The file's name in every lab that asks for predictions. */
export const SHEET = 'predictions.yaml'

/** An answer and where it stands. */
export interface Written {
  answer: Answer
  line: number
}

/** What is asked of whom: for reading a sheet. */
export interface SheetRequest {
  lab: string
  drawn: readonly Drawn[]
  /** Kinds of all questions of the lab by id, also those of other KPIs. */
  known: ReadonlyMap<string, Kind>
  /** The learner's set; a sheet that names another one is somebody else's. */
  set: number
}

const SIZE_LIMIT = 100_000

interface Entries {
  set: { value: unknown; line: number } | undefined
  entries: Map<string, { value: unknown; line: number }>
}

/**
 * The answers to the drawn questions. Answers to other questions of the lab are allowed and not looked at: so a solution answers all of them.
 * @throws CodedError MR-E-140 (not a sheet), 141 (unknown question), 142 (not asked for yet), 143 (empty), 144 (wrong kind), 145 (another's)
 */
export function readSheet(text: string, { lab, drawn, known, set }: SheetRequest): Map<string, Written> {
  const sheet = entriesOf(text, lab)
  const at = (line: number) => ({ file: SHEET, line, lab })
  for (const [id, { value, line }] of sheet.entries) {
    const kind = known.get(id)
    if (!kind) throw new CodedError('MR-E-141', { ...at(line), id, nearest: nearest(id, [...known.keys()]) ?? drawn[0]?.id ?? 'none' })
    if (value !== null && answerOf(kind, value) === undefined)
      throw new CodedError('MR-E-144', { ...at(line), id, wanted: wanted(kind), saw: JSON.stringify(value).slice(0, 60) })
  }
  if (sheet.set && sheet.set.value !== set)
    throw new CodedError('MR-E-145', { ...at(sheet.set.line), saw: JSON.stringify(sheet.set.value), set })
  const absent = drawn.filter(({ id }) => !sheet.entries.has(id))
  if (absent.length > 0)
    throw new CodedError('MR-E-142', {
      file: SHEET,
      lab,
      count: absent.length === drawn.length ? `all ${drawn.length}` : `${absent.length} of ${drawn.length}`,
      ids: named(absent),
    })
  const answers = new Map<string, Written>()
  for (const { id, kind } of drawn) {
    const { value, line } = sheet.entries.get(id)!
    const answer = answerOf(kind, value)
    if (answer === undefined) throw new CodedError('MR-E-143', { ...at(line), id, wanted: wanted(kind) })
    answers.set(id, { answer, line })
  }
  return answers
}

/** The number of the set that a sheet names; undefined when it names none or cannot be read. */
export function setOf(text: string): number | undefined {
  try {
    const { set } = entriesOf(text, '')
    return Number.isInteger(set?.value) && Number(set!.value) >= 0 && Number(set!.value) <= 0xffffffff ? Number(set!.value) : undefined
  } catch {
    return undefined // What is wrong with it is said when it is judged.
  }
}

function entriesOf(text: string, lab: string): Entries {
  const lines = new LineCounter()
  const fail = (reason: string, offset = 0): never => {
    throw new CodedError('MR-E-140', { file: SHEET, line: lines.linePos(offset).line, lab, reason })
  }
  if (text.length > SIZE_LIMIT) fail(`it has more than ${SIZE_LIMIT} characters`)
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) fail(error.message.replace(/\s+/g, ' ').replace(/\.$/, ''), error.pos[0])
  const root = document.contents
  if (!isMap(root)) return fail('it must have the keys `set` and `predictions`')
  const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '')
  const start = (pair: Pair): number => (pair.key as Node).range?.[0] ?? 0
  const read = (pair: Pair) => ({
    value: pair.value === null ? null : isScalar(pair.value) ? pair.value.value : (pair.value as Node).toJS(document),
    line: lines.linePos(start(pair)).line,
  })
  const odd = root.items.find(pair => !['set', 'predictions'].includes(keyOf(pair)))
  if (odd) fail(`"${keyOf(odd)}" is neither \`set\` nor \`predictions\``, start(odd))
  const pairs = new Map(root.items.map(pair => [keyOf(pair), pair]))
  const list = pairs.get('predictions')
  const body = list?.value
  if (list && body && !isMap(body) && !(isScalar(body) && body.value === null))
    fail('`predictions` must be a map: question: answer', start(list))
  const set = pairs.get('set')
  return {
    set: set && read(set),
    entries: new Map(isMap(body) ? body.items.map(pair => [keyOf(pair), read(pair)]) : []),
  }
}

function named(questions: readonly Drawn[]): string {
  const shown = questions.slice(0, 3).map(({ id }) => id)
  return `${shown.join(', ')}${questions.length > 3 ? ` and ${questions.length - 3} more` : ''}`
}
