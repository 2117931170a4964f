import { ERRORS, type ErrorCode, type ErrorEntry } from './table.ts'

const fill = (text: string, facts: Record<string, unknown>): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? `{${key}}`))

/** The {facts} that a text names. */
type Named<Text extends string> = Text extends `${string}{${infer Fact}}${infer Rest}` ? Fact | Named<Rest> : never

/** The facts that an entry's title, cause and fix name: the compiler holds every thrower to them. */
export type Facts<Code extends ErrorCode> = Record<Named<(typeof ERRORS)[Code]['title' | 'cause' | 'fix']>, unknown>

/** No second argument where the entry names no facts; where the code is only known at run time, any facts. */
type Arguments<Code extends ErrorCode> = ErrorCode extends Code
  ? [facts?: Record<string, unknown>, options?: ErrorOptions]
  : [keyof Facts<Code>] extends [never]
    ? [facts?: Record<string, unknown>, options?: ErrorOptions]
    : [facts: Facts<Code> & Record<string, unknown>, options?: ErrorOptions]

/**
 * An error with a code of the table, its facts filled in. Facts `file`, `line` and `column` are printed as its place.
 * @example throw new CodedError('MR-E-001', { name: 'lab-6.3', nearest: 'lab-6.2' })
 */
export class CodedError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode
  readonly entry: ErrorEntry
  readonly facts: Record<string, unknown>

  constructor(code: Code, ...[facts = {}, options]: Arguments<Code>) {
    super(`${code} ${fill(ERRORS[code].title, facts)}`, options)
    this.name = 'CodedError'
    this.code = code
    this.entry = ERRORS[code]
    this.facts = facts
  }

  get errorTitle(): string {
    return fill(this.entry.title, this.facts)
  }

  get errorCause(): string {
    return fill(this.entry.cause, this.facts)
  }

  get fix(): string {
    return fill(this.entry.fix, this.facts)
  }
}
