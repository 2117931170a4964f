/** Writes a learner's questions into predictions.yaml; answers and comments of theirs stay. */
import { type Document, isMap, isScalar, type Pair, parseDocument, Scalar, type YAMLMap } from 'yaml'
import { wrap } from '../../ui/text.ts'
import { wanted } from './answers.ts'
import type { Drawn } from './types.ts'

const WIDTH = 110

/** What was written. */
export interface Writing {
  text: string
  /** Ids of questions that are new on the sheet, and of those taken out: not asked (any more). */
  added: string[]
  removed: string[]
  /** Ids without an answer. */
  open: string[]
}

/**
 * A sheet with exactly the questions drawn. Text that is no sheet is replaced by a new one.
 * @param before predictions.yaml as it is; '' for none
 */
export function writeSheet(before: string, request: { lab: string; set: number; drawn: readonly Drawn[] }): Writing {
  const { lab, set, drawn } = request
  const document = sheetOf(before)
  document.commentBefore = header(lab)
  const root = document.contents as YAMLMap
  root.set('set', set)
  // First, wherever it stood: it says whose sheet this is.
  root.items.sort((a, b) => Number(keyOf(b) === 'set') - Number(keyOf(a) === 'set'))
  const list = listOf(document)
  const mine = new Map(list.items.map(pair => [keyOf(pair), pair]))
  const removed = [...mine.keys()].filter(id => !drawn.some(question => question.id === id))
  const added = drawn.filter(({ id }) => !mine.has(id)).map(({ id }) => id)
  list.items = [
    ...list.items.filter(pair => !removed.includes(keyOf(pair))),
    ...drawn.filter(({ id }) => !mine.has(id)).map(question => asPair(document, question)),
  ]
  const open = list.items.filter(pair => pair.value === null || (isScalar(pair.value) && pair.value.value === null)).map(keyOf)
  return { text: document.toString({ lineWidth: 0, nullStr: '' }).replace(/[^\S\n]+$/gm, ''), added, removed, open }
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

const header = (lab: string): string =>
  [
    ` Your questions for lab ${lab}, written by \`pnpm predict lab-${lab}\`. Answer each behind its colon, before you try it out:`,
    ' `pnpm grade` performs the experiments and shows those that went otherwise than you predicted. After that, `pnpm predict`',
    ' puts another question about the same in the place of one that you have seen the answer of.',
  ].join('\n')

function sheetOf(text: string): Document {
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length === 0 && isMap(document.contents)) return document as Document
  return parseDocument('set:\npredictions:\n') as Document
}

function listOf(document: Document): YAMLMap {
  const found = document.get('predictions')
  if (isMap(found)) {
    found.flow = false
    return found
  }
  const list = document.createNode({}) as YAMLMap
  list.flow = false
  document.set('predictions', list)
  return list
}

function asPair(document: Document, { id, ask, kind }: Drawn): Pair {
  const key = new Scalar(id)
  key.commentBefore = [...wrap(ask, WIDTH), `→ ${wanted(kind)}`].map(line => ` ${line}`).join('\n')
  key.spaceBefore = true
  return document.createPair(key, null)
}
