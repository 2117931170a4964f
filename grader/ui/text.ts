/** Text as it stands on a terminal: measured in columns (a CJK character or an emoji takes two), never in characters. */
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that a text takes; colour codes take none. */
export const widthOf = (text: string): number => stringWidth(text)

/**
 * Text that cannot steer the terminal: escape sequences are removed, tabs become two spaces, other control characters become
 * visible (`␇`, or `^G` without Unicode). Line feeds stay.
 */
export function printable(raw: string, unicode = true): string {
  return (
    stripVTControlCharacters(raw.toWellFormed().replace(/\r\n/g, '\n'))
      .replaceAll('\t', '  ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, char => visible(char.charCodeAt(0), unicode))
      // Directional overrides can make a line read as something else (CVE-2021-42574).
      .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
  )
}

function visible(code: number, unicode: boolean): string {
  if (code >= 0x80) return unicode ? '\ufffd' : '?'
  if (!unicode) return code === 0x7f ? '^?' : `^${String.fromCharCode(code + 64)}`
  return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code)
}

/** Lines of at most `width` columns, broken at spaces, inside a word only when it is wider than a line. Own line feeds are kept. */
export function wrap(text: string, width: number): string[] {
  return wrapAnsi(text, Math.max(1, width), { hard: true, trim: false, wordWrap: true })
    .split('\n')
    .map(line => line.replace(/ +$/, ''))
    .map((line, i) => (i === 0 ? line : line.replace(/^ (?=\S)/, '')))
}

/** Pads to a number of columns; a wider text is left as it is. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, columns - widthOf(text)))
  return side === 'left' ? text + fill : fill + text
}

/** Cuts plain text (no colour codes) to a number of columns, ending in an ellipsis. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  return widthOf(text) <= columns ? text : head(text, columns - widthOf(ellipsis)) + ellipsis
}

/** Cuts plain text in the middle: both ends carry the meaning of paths, ids and JSON. */
export function shortenMiddle(text: string, columns: number, ellipsis = '…'): string {
  if (widthOf(text) <= columns) return text
  const room = Math.max(2, columns - widthOf(ellipsis))
  return head(text, Math.ceil(room / 2)) + ellipsis + tail(text, Math.floor(room / 2))
}

/** Shortens two texts to the same window around their first difference, so that the difference is what remains. */
export function shortenPair(a: string, b: string, columns: number, ellipsis = '…'): [string, string] {
  if (widthOf(a) <= columns && widthOf(b) <= columns) return [a, b]
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same++
  const start = Math.max(0, same - Math.floor(columns / 3))
  if (start === 0) return [truncate(a, columns, ellipsis), truncate(b, columns, ellipsis)]
  const cut = (text: string): string => truncate(ellipsis + text.slice(start).toWellFormed(), columns, ellipsis)
  return [cut(a), cut(b)]
}

function head(text: string, columns: number): string {
  return take(
    [...graphemes.segment(text.slice(0, columns * 20))].map(s => s.segment),
    columns,
  ).join('')
}

function tail(text: string, columns: number): string {
  const parts = [...graphemes.segment(text.slice(-columns * 20 || text.length))].map(s => s.segment)
  return take(parts.reverse(), columns).reverse().join('')
}

function take(parts: string[], columns: number): string[] {
  let width = 0
  const end = parts.findIndex(part => (width += widthOf(part)) > columns)
  return end === -1 ? parts : parts.slice(0, end)
}
