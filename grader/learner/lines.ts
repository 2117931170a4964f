/** Output of a program, split into lines with their time, within limits. */
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from './types.ts'

/** Characters of one line that are kept. */
export const MAX_LINE = 4096
/** Lines kept in memory: the first half and the last half of these. */
export const MAX_LINES = 20_000

/** Splits one stream into lines; bytes that are not UTF-8 become U+FFFD, and what is beyond MAX_LINE of a line is counted, not kept. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8')
  private rest = ''
  private cut = 0
  private readonly onLine: (text: string) => void

  constructor(onLine: (text: string) => void) {
    this.onLine = onLine
  }

  push(chunk: Buffer): void {
    const parts = this.decoder.write(chunk).split('\n')
    const last = parts.pop()!
    for (const part of parts) {
      this.add(part)
      this.flush()
    }
    this.add(last)
  }

  /** The last line, when the stream ended without a newline. */
  end(): void {
    this.add(this.decoder.end())
    if (this.rest !== '') this.flush()
  }

  private add(text: string): void {
    const room = MAX_LINE - this.rest.length
    this.rest += text.slice(0, room)
    this.cut += Math.max(0, text.length - room)
  }

  private flush(): void {
    const text = this.rest.replace(/\r$/, '')
    this.onLine(this.cut > 0 ? `${text} … (${this.cut} characters cut)` : text)
    this.rest = ''
    this.cut = 0
  }
}

/** Keeps the head and the tail of a log: at most MAX_LINES lines. */
export class LogKeeper {
  readonly lines: LogLine[] = []
  dropped = 0

  add(line: LogLine): void {
    this.lines.push(line)
    if (this.lines.length <= MAX_LINES) return
    const drop = MAX_LINES / 4
    this.lines.splice(MAX_LINES / 2, drop)
    this.dropped += drop
  }
}
