/** Files of a million rows, made fast: a few thousand random rows over and over, each time with another key. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../../kpi/types.ts'
import { CELLS, words } from './cells.ts'

export interface BigFile {
  dir: string
  path: string
  table: string
  delimiter: ',' | ';'
  rows: number
  bytes: number
  /** In the file's order; the first is the key. */
  columns: { name: string; type: string }[]
}

const TEMPLATES = 2000

/**
 * Writes one big file and two small ones beside it.
 * @param wide adds a text of about this many bytes to each row
 * @param width columns beside the key, one to four
 */
export function bigFile(
  random: Random,
  dir: string,
  rows: number,
  { wide = 0, width = 4 }: { wide?: number; width?: number } = {},
): BigFile {
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const table = `readings_${random.word(4)}`
  const delimiter = random.pick([',', ';'] as const)
  const types = random.shuffle(['text', 'numeric', 'timestamptz', 'boolean']).slice(0, width)
  const columns = [{ name: 'id', type: 'integer' }, ...types.map(type => ({ name: `${random.word(4)} ${type}`, type }))]
  const filler = wide > 0 ? `${delimiter}${'cold chain '.repeat(Math.ceil(wide / 11)).slice(0, wide)}` : ''
  if (wide > 0) columns.push({ name: 'log', type: 'text' })
  const cell = (type: string): string => (type === 'text' ? `V-${random.int(1000, 9999)}` : CELLS[type]!(random).text!)
  const tails = Array.from({ length: TEMPLATES }, () => `${delimiter}${types.map(cell).join(delimiter)}${filler}\n`)
  const path = join(dir, `${table}.csv`)
  const file = openSync(path, 'w', 0o644)
  let bytes = writeSync(file, `${columns.map(column => column.name).join(delimiter)}\n`)
  const first = random.int(1, 1000)
  for (let row = 0; row < rows; row += TEMPLATES) {
    let text = ''
    for (let i = 0; i < TEMPLATES && row + i < rows; i++) text += first + row + i + tails[i]!
    bytes += writeSync(file, text)
  }
  closeSync(file)
  for (const name of ['depots', 'drivers']) {
    const small = openSync(join(dir, `${name}.csv`), 'w', 0o644)
    writeSync(small, `id,name\n1,${words(random)}\n`)
    closeSync(small)
  }
  return { dir, path, table, delimiter, rows, bytes, columns }
}
