/** Answers as people write them, and when two of them are the same. */
import type { Answer, Kind } from './types.ts'

const TEXT_LIMIT = 200
const WORDS: Record<string, boolean> = { yes: true, no: false, true: true, false: false }

/** What a kind wants, for the sheet and for errors: "yes or no", "one of kept, gone". */
export function wanted(kind: Kind): string {
  if (kind.type === 'yes-no') return 'yes or no'
  if (kind.type === 'choice') return `one of ${kind.options.join(', ')}`
  if (kind.type === 'text') return `one word, e.g. ${kind.example}`
  const notes = [kind.unit, kind.within === 0 ? '' : `right within ${Math.round(kind.within * 100)} %`].filter(Boolean).join('; ')
  return notes === '' ? 'a number' : `a number (${notes})`
}

/**
 * A value of predictions.yaml as an answer; undefined when it is not of this kind.
 * @param value as the YAML core schema reads it: "yes" is text, "true" a boolean, "10" a number
 */
export function answerOf(kind: Kind, value: unknown): Answer | undefined {
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).trim() : undefined
  if (text === undefined || text === '' || text.length > TEXT_LIMIT) return undefined
  if (kind.type === 'yes-no') return WORDS[text.toLowerCase()]
  if (kind.type === 'choice') return kind.options.find(option => option.toLowerCase() === text.toLowerCase())
  if (kind.type === 'text') return text
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** Is the prediction what happened, as exactly as the kind asks for? */
export function agrees(kind: Kind, prediction: Answer, happened: Answer): boolean {
  if (kind.type !== 'number') return prediction === happened
  return Math.abs(Number(prediction) - Number(happened)) <= Math.abs(Number(happened)) * kind.within
}

/** An answer as it is shown: yes, no, or with its unit. */
export function inWords(kind: Kind, answer: Answer): string {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no'
  return kind.type === 'number' ? `${answer} ${kind.unit}`.trim() : String(answer)
}
