import { ERRORS, type ErrorCode, type ErrorEntry } from './table.ts'

const fill = (text: string, facts: Record<string, unknown>): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? `{${key}}`))

/**
 * An error with a code of the table, its facts filled in.
 * @example throw new CodedError('MR-E-001', { name: 'lab-6.3', nearest: 'lab-6.2' })
 */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly entry: ErrorEntry
  readonly facts: Record<string, unknown>

  constructor(code: ErrorCode, facts: Record<string, unknown> = {}, options?: ErrorOptions) {
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
