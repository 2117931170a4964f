/** Errors of the data generator. Same shape as the grader's table; README.md lists them and a test compares. */
export const DATA_ERRORS = {
  'MR-D-001': { title: '{flag}: "{value}" is not a {expected}.', fix: 'Give {example}.' },
  'MR-D-002': { title: 'No such setting: "{name}".', fix: 'Did you mean {nearest}? `pnpm data --help` lists all settings.' },
  'MR-D-003': { title: '{problem}', fix: '`pnpm data --help` shows the command with examples.' },
  'MR-D-004': {
    title: '{dir} is not empty.',
    fix: 'Name another directory, or add --force to replace the data set in it; files that are not of a data set stay.',
  },
  'MR-D-005': {
    title: '{path} cannot be written: {reason}.',
    fix: 'Check that the directory may be written to and that the disk has room.',
  },
  'MR-D-006': {
    title: 'Stopped after {rows} of {total} readings.',
    fix: 'Nothing was left behind. Run the same command again: the seed gives the same bytes.',
  },
  'MR-D-007': {
    title: '{rows} readings are too many to hold in memory (limit {limit}).',
    fix: 'Read them one by one from generate(…).stream(), or ask for fewer.',
  },
  'MR-D-008': { title: '{dir} is being written by another run (process {pid}).', fix: 'Wait for it, or name another directory.' },
} as const

export type DataErrorCode = keyof typeof DATA_ERRORS

const fill = (text: string, facts: Record<string, unknown>): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? '?'))

/** An error with a code, a sentence that says what is wrong, and the next step. */
export class DataError extends Error {
  readonly code: DataErrorCode
  readonly fix: string

  constructor(errorCode: DataErrorCode, facts: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(`${errorCode} ${fill(DATA_ERRORS[errorCode].title, facts)}`, options)
    this.name = 'DataError'
    this.code = errorCode
    this.fix = fill(DATA_ERRORS[errorCode].fix, facts)
  }
}
