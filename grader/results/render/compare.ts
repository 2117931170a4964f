/** Expected and seen under each other, so that the eye finds the difference. */
import type { Terminal } from '../../ui/terminal.ts'
import { pad, shortenPair, widthOf } from '../../ui/text.ts'

/** Most lines a value may take before it is cut around the first difference; the whole value is in results.json. */
const MAX_LINES = 3

/**
 * The two values as printed. Lists of words of the same length ("allow deny") are set in columns, the words that differ coloured;
 * values longer than three lines are cut to the same window around their first difference.
 */
export function compare(expected: string, saw: string, width: number, term: Terminal): [string, string] {
  const words = inColumns(expected, saw, width, term)
  if (words) return words
  const [a, b] = shortenPair(expected, saw, width * MAX_LINES, term.sym.ellipsis)
  return [a, b]
}

function inColumns(expected: string, saw: string, width: number, term: Terminal): [string, string] | null {
  const left = split(expected)
  const right = split(saw)
  const count = left.words.length
  if (count < 2 || count !== right.words.length) return null
  const same = left.words.filter((word, i) => word === right.words[i]).length
  if (same === count || same * 3 < count) return null
  const widths = left.words.map((word, i) => Math.max(widthOf(word), widthOf(right.words[i]!)))
  const total = widths.reduce((sum, w) => sum + w + 1, -1)
  if (total > width) return null
  const set = (words: string[], other: string[], paint: (text: string) => string, note: string): string =>
    `${words.map((word, i) => pad(word === other[i] ? word : paint(word), widths[i]!)).join(' ')}${note && `   ${note}`}`.trimEnd()
  return [set(left.words, right.words, term.c.green, left.note), set(right.words, left.words, term.c.red, right.note)]
}

/** Words, and a trailing "(…)" that explains them. */
function split(value: string): { words: string[]; note: string } {
  const match = /^([^\n]*?)\s{2,}(\([^\n]*\))$/.exec(value)
  const body = match?.[1] ?? value
  return { words: body.includes('\n') ? [] : body.trim().split(/\s+/), note: match?.[2] ?? '' }
}
