import { parseArgs } from 'node:util'
import { DataError } from './errors.ts'
import { type GenerateOptions, SETTINGS, type Setting, SIZES, type Size, unknownSetting } from './options.ts'
import type { Format } from './write/dataset.ts'
import { group } from './write/progress.ts'

export interface Command {
  readonly help: boolean
  readonly generate: GenerateOptions
  readonly out: string
  readonly format: Format
  readonly force: boolean
}

const FLAGS = {
  size: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  readings: { type: 'string' },
  set: { type: 'string', multiple: true },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** The command line as options. Throws MR-D-001 … MR-D-003. Nothing is guessed: a flag or setting that does not exist is an error. */
export function parseCommand(argv: readonly string[]): Command {
  const args = argv[0] === '--' ? argv.slice(1) : [...argv] // `pnpm data -- --size s` hands the dashes on
  const { values } = parse(args)
  const format = values.format ?? 'both'
  if (!['csv', 'ndjson', 'both'].includes(format)) {
    throw new DataError('MR-D-001', { flag: '--format', value: format, expected: 'format', example: 'csv, ndjson or both' })
  }
  const help = values.help ?? false
  if (!help && values.out === undefined) throw new DataError('MR-D-003', { problem: 'Where to? --out DIR is missing.' })
  const size = values.size ?? 's'
  if (!Object.hasOwn(SIZES, size)) {
    throw new DataError('MR-D-001', { flag: '--size', value: size, expected: 'size', example: Object.keys(SIZES).join(', ') })
  }
  const settings: { [K in Setting]?: number } = {}
  for (const assignment of values.set ?? []) {
    const [name = '', value = ''] = assignment.split('=', 2)
    if (!Object.hasOwn(SETTINGS, name)) throw unknownSetting(name)
    settings[name as Setting] = wholeNumber(`--set ${name}`, value)
  }
  if (values.readings !== undefined) settings.readings = wholeNumber('--readings', values.readings)
  const seed = wholeNumber('--seed', values.seed ?? '1')
  return {
    help,
    generate: { size: size as Size, seed, ...settings },
    out: values.out ?? '',
    format: format as Format,
    force: values.force ?? false,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS, strict: true, allowPositionals: false })
  } catch (error) {
    throw new DataError('MR-D-003', { problem: (error as Error).message.split('. ')[0]?.replace(/\.?$/, '.') }, { cause: error })
  }
}

function wholeNumber(flag: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new DataError('MR-D-001', { flag, value, expected: 'whole number', example: `digits only, like ${flag === '--seed' ? 7 : 5000}` })
}

/** The text of --help. */
export function helpText(): string {
  const sizes = Object.entries(SIZES).map(
    ([name, s]) =>
      `  ${name.padEnd(3)} ${group(s.readings).padStart(11)} readings  ${group(s.vehicles).padStart(3)} trucks  ${group(s.shipments).padStart(6)} shipments`,
  )
  const settings = Object.entries(SETTINGS).map(
    ([name, s]) => `  ${name.padEnd(21)} ${('default' in s ? group(s.default) : 'by size').padStart(8)}  ${s.about}`,
  )
  return `Writes a Fjordline data set: depots, vehicles, shipments, readings, and the truth about them.
The same size, seed and settings give the same bytes on every machine. Columns, labels and rules: datasets/README.md.

  pnpm data --size m --seed 7 --out DIR [--format csv|ndjson|both] [--force]

  --size SIZE     ${Object.keys(SIZES).join(', ')} (default s)
  --seed N        0 to 4,294,967,295 (default 1)
  --out DIR       where to; made if it is not there, and must be empty without --force
  --format FORM   which readings file to write: csv, ndjson or both (default both)
  --force         replace the data set in DIR; other files in it stay
  --readings N    stop after N readings; short for --set readings=N
  --set NAME=N    a setting, see below; may be repeated
  --help, -h      this text

Sizes
${sizes.join('\n')}

Settings
${settings.join('\n')}

Examples
  pnpm data --size s --out /tmp/fjordline
  pnpm data --size m --seed 7 --out /tmp/fjordline --format csv --force
  pnpm data --size s --seed 3 --out /tmp/noisy --set corruptPerMillion=50000 --set graceSeconds=30
`
}
