/** Cuts CSV bytes into records without making strings: one object for all records of a file, its fields as offsets. */
import { UnusableInput } from '../types.ts'

const QUOTE = 34
const CR = 13
const LF = 10

/** A quoted field must be closed within this many bytes of its record's start; no line may be longer. */
export const RECORD_BYTES = 1 << 20

/** How a field is written. */
export const PLAIN = 0
export const QUOTED = 1
/** Quoted, with doubled quotes inside. */
export const ESCAPED = 2

/**
 * Feed it chunks; `next` moves to the next complete record of what was fed. RFC 4180 with the delimiter given, LF or CRLF.
 * When the quotes of a record do not work out, its first line alone is bad and reading goes on at the line after it: one stray quote
 * must not swallow the rest of the file.
 */
export class RecordReader {
  /** The bytes that all offsets point into; another buffer after each `feed`. */
  buffer: Buffer = Buffer.alloc(0)
  /** The record without its line end. */
  start = 0
  end = 0
  /** Where the next record begins: `end` and the line end after it. */
  after = 0
  /** Line of the file on which the record begins, from 1. */
  line = 0
  /** Number of fields. */
  count = 0
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  style = new Uint8Array(64)
  badQuote = false
  /** Some field is quoted. */
  quoted = false
  private nextLine = 1
  private last = false
  private readonly delimiter: number

  constructor(delimiter: number, firstLine = 1) {
    this.delimiter = delimiter
    this.nextLine = firstLine
  }

  /** The next bytes of the file; `last` says that there are no more. What was not complete before is put in front of them. */
  feed(chunk: Buffer, last: boolean): void {
    this.buffer = this.after < this.buffer.length ? Buffer.concat([this.buffer.subarray(this.after), chunk]) : chunk
    this.start = this.end = this.after = 0
    this.last = last
  }

  /** Moves to the next record; false when it needs more bytes or there is none. Throws UnusableInput for a line over 1 MiB. */
  next(): boolean {
    const b = this.buffer
    let p = this.after
    while (b[p] === LF || (b[p] === CR && b[p + 1] === LF)) {
      p += b[p] === LF ? 1 : 2
      this.nextLine++
      this.after = p
    }
    if (p >= b.length) return false
    this.start = p
    this.badQuote = this.quoted = false
    this.line = this.nextLine
    this.count = 0
    for (;;) {
      const to = b[p] === QUOTE ? this.quotedField(p) : this.plainField(p)
      if (to < 0) return to === BAD ? this.firstLine() : this.incomplete()
      if (b[to] !== this.delimiter) return this.finish(to)
      p = to + 1
    }
  }

  private add(from: number, to: number, style: number): void {
    if (this.count === this.starts.length) this.grow()
    this.starts[this.count] = from
    this.ends[this.count] = to
    this.style[this.count++] = style
  }

  /** Takes an unquoted field; returns where its delimiter or line end is. */
  private plainField(from: number): number {
    const b = this.buffer
    const { delimiter } = this
    const n = b.length
    let p = from
    for (; p < n; p++) {
      const c = b[p]
      if (c === delimiter || c === LF) break
    }
    if (p === n && !this.last) return MORE
    const crlf = b[p] === LF && p > from && b[p - 1] === CR
    this.add(from, crlf ? p - 1 : p, PLAIN)
    return crlf ? p - 1 : p
  }

  private quotedField(open: number): number {
    const b = this.buffer
    let p = open + 1
    let style = QUOTED
    for (;;) {
      p = b.indexOf(QUOTE, p)
      const lf = b.indexOf(LF, open)
      if (lf !== -1 && (p === -1 || lf < p)) return BAD
      if (p === -1) return this.last ? BAD : MORE
      if (b[p + 1] !== QUOTE) break
      style = ESCAPED
      p += 2
    }
    if (p + 2 >= b.length && !this.last) return MORE
    this.quoted = true
    this.add(open + 1, p, style)
    const c = b[p + 1]
    const closed = p + 1 === b.length || c === this.delimiter || c === LF || (c === CR && b[p + 2] === LF)
    return closed ? p + 1 : BAD
  }

  private finish(to: number): boolean {
    const b = this.buffer
    if (to - this.start > RECORD_BYTES) return this.firstLine()
    this.end = to
    this.after = b[to] === CR ? to + 2 : to + 1
    this.nextLine = this.line + 1
    if (this.quoted) for (let p = b.indexOf(LF, this.start); p !== -1 && p < to; p = b.indexOf(LF, p + 1)) this.nextLine++
    return true
  }

  private incomplete(): boolean {
    if (this.buffer.length - this.start > RECORD_BYTES) return this.firstLine()
    this.after = this.start
    return false
  }

  /** The record is bad: its first line alone. */
  private firstLine(): boolean {
    const lf = this.buffer.indexOf(LF, this.start)
    if (lf === -1 && !this.last && this.buffer.length - this.start <= RECORD_BYTES) {
      this.after = this.start
      return false
    }
    const to = lf === -1 ? this.buffer.length : lf
    if (to - this.start > RECORD_BYTES) throw new UnusableInput(`line ${this.line} is longer than 1 MiB: is this a CSV file?`)
    this.end = lf > this.start && this.buffer[lf - 1] === CR ? lf - 1 : to
    this.after = to + 1
    this.nextLine = this.line + 1
    this.badQuote = true
    return true
  }

  private grow(): void {
    const wider = <T extends Int32Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old)
      return fresh
    }
    this.starts = wider(this.starts, new Int32Array(this.count * 2))
    this.ends = wider(this.ends, new Int32Array(this.count * 2))
    this.style = wider(this.style, new Uint8Array(this.count * 2))
  }
}

const MORE = -1
const BAD = -2
