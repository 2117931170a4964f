/** Work that takes less than this shows no progress. */
const QUIET_MS = 2_000
const TERMINAL_EVERY_MS = 200
const PLAIN_EVERY_MS = 5_000

export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** A progress line: rewritten in place on a terminal, one line every five seconds elsewhere. `now` gives milliseconds. */
export class Progress {
  readonly #out: ProgressStream
  readonly #now: () => number
  readonly #started: number
  #shown: number | null = null

  constructor(out: ProgressStream, now: () => number = () => performance.now()) {
    this.#out = out
    this.#now = now
    this.#started = now()
  }

  /** Tells how far it is; prints when it is time to. */
  update(rows: number, total: number): void {
    const now = this.#now()
    const elapsed = now - this.#started
    const every = this.#out.isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS
    if (elapsed < QUIET_MS || (this.#shown !== null && now - this.#shown < every)) return
    this.#shown = now
    const left = rows === 0 ? '' : `, about ${Math.ceil((elapsed / rows) * (total - rows) * 0.001)} s left`
    const text = `${Math.floor((rows / total) * 100)} %  ${group(rows)} of ${group(total)} readings${left}`
    this.#out.write(this.#out.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
  }

  /** Clears the line on a terminal. */
  done(): void {
    if (this.#out.isTTY && this.#shown !== null) this.#out.write('\r\u001b[K')
  }

  get seconds(): string {
    return ((this.#now() - this.#started) / 1000).toFixed(1)
  }
}

/** `1000000` as `1,000,000`, whatever the locale. */
export function group(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}
