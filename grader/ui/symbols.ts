/** Symbols, and what stands for them where the locale is not UTF-8. */
export interface Symbols {
  pass: string
  fail: string
  locked: string
  skipped: string
  unsure: string
  alert: string
  dot: string
  ellipsis: string
  bar: string
}

export const SYMBOLS: Symbols = {
  pass: '✓',
  fail: '✗',
  locked: '○',
  skipped: '·',
  unsure: '?',
  alert: '!',
  dot: '·',
  ellipsis: '…',
  bar: '│',
}
export const ASCII_SYMBOLS: Symbols = {
  pass: '+',
  fail: 'x',
  locked: 'o',
  skipped: '-',
  unsure: '?',
  alert: '!',
  dot: '-',
  ellipsis: '...',
  bar: '|',
}

const ASCII: Record<string, string> = {
  '✓': '+',
  '✗': 'x',
  '○': 'o',
  '·': '-',
  '…': '...',
  '–': '-',
  '—': '-',
  '→': '->',
  '←': '<-',
  '⇒': '=>',
  '×': 'x',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '≈': '~',
  '±': '+-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '•': '*',
  µ: 'u',
  '│': '|',
  '\u00a0': ' ',
}

/** ASCII that reads like the text: known symbols by name, accents dropped, anything else `?`. */
export function asciiOf(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, char => ASCII[char] ?? (char.normalize('NFD').replace(/[^\p{ASCII}]/gu, '') || '?'))
}
