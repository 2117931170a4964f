import { LIMITS } from '../limits.ts'
import { S3Error } from './errors.ts'
import type { Body } from './payload.ts'

/** A form (multipart/form-data) up to the bytes of its file, which are read when the upload wants them. */
export interface Form {
  /** Fields before the file, by lower-case name; the last of a name counts. */
  readonly fields: ReadonlyMap<string, string>
  readonly file: FormFile
}

const HEADER_END = '\r\n\r\n'

/** The boundary of a form's content type; undefined where the request is no form. */
export function formBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2]
}

/**
 * Reads the fields of a form (RFC 7578) up to the part named `file`; what comes after the file is not looked at, as in S3.
 *
 *     form => "--" boundary (CRLF headers CRLF CRLF value CRLF "--" boundary)* "--"
 *
 * Throws `MalformedPOSTRequest` where it is none, `MaxPostPreDataLengthExceeded` for more fields than are allowed, `InvalidArgument` without a file.
 */
export async function readForm(incoming: AsyncIterable<Buffer>, boundary: string, bodyLength: number | undefined): Promise<Form> {
  const input = new Input(incoming[Symbol.asyncIterator]())
  // The first delimiter has no line end in front of it; with one put there, all are equal.
  input.buffer = Buffer.from('\r\n')
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const fields = new Map<string, string>()
  let budget: number = LIMITS.formFieldBytes
  const take = async (until: Buffer) => {
    const bytes = await input.until(until, budget)
    budget -= bytes.length + until.length
    return bytes
  }
  try {
    await take(delimiter)
    for (;;) {
      const end = await input.exactly(2)
      if (end.equals(Buffer.from('--'))) throw new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.')
      if (!end.equals(Buffer.from('\r\n'))) throw new S3Error('MalformedPOSTRequest')
      const { name, filename } = partHeaders((await take(Buffer.from(HEADER_END))).toString())
      if (name === 'file') return { fields, file: new FormFile(input, delimiter, filename, bodyLength) }
      fields.set(name, (await take(delimiter)).toString())
    }
  } catch (error) {
    await input.close()
    throw error
  }
}

/** The file of a form as the body of an upload. */
export class FormFile implements Body {
  /** At most so many bytes: the whole form's. How many there are is known at the boundary. */
  readonly length: number | undefined
  readonly trailers: ReadonlyMap<string, string> = new Map()
  /** As the browser names it; '' for none. */
  readonly name: string
  /** Bounds that the policy puts on the size. */
  range: readonly [min: number, max: number] = [0, Number.POSITIVE_INFINITY]
  private readonly input: Input
  private readonly delimiter: Buffer

  constructor(input: Input, delimiter: Buffer, name: string, length: number | undefined) {
    this.input = input
    this.delimiter = delimiter
    this.name = name
    this.length = length
  }

  /** The bytes of the file. Throws `EntityTooSmall`, `EntityTooLarge` by the policy, `MalformedPOSTRequest` where the form ends in the file. */
  async *bytes(): AsyncGenerator<Buffer> {
    let size = 0
    const [min, max] = this.range
    try {
      for await (const piece of this.input.upTo(this.delimiter)) {
        size += piece.length
        if (size > max) throw new S3Error('EntityTooLarge')
        yield piece
      }
      if (size < min) throw new S3Error('EntityTooSmall')
      await this.input.discard(LIMITS.formFieldBytes)
    } finally {
      await this.input.close()
    }
  }

  async text(): Promise<string> {
    throw new S3Error('MethodNotAllowed')
  }
}

/** Bytes that come in pieces, searched for delimiters that may lie across pieces. */
class Input {
  buffer: Buffer = Buffer.alloc(0)
  private readonly source: AsyncIterator<Buffer>

  constructor(source: AsyncIterator<Buffer>) {
    this.source = source
  }

  /** What comes before a delimiter, which is consumed. `limit` bytes at most. */
  async until(delimiter: Buffer, limit: number): Promise<Buffer> {
    let from = 0
    for (;;) {
      const at = this.buffer.indexOf(delimiter, from)
      if (at > limit || (at < 0 && this.buffer.length > limit + delimiter.length)) throw new S3Error('MaxPostPreDataLengthExceeded')
      if (at >= 0) {
        const found = this.buffer.subarray(0, at)
        this.buffer = this.buffer.subarray(at + delimiter.length)
        return found
      }
      from = Math.max(0, this.buffer.length - delimiter.length + 1)
      await this.more()
    }
  }

  async exactly(length: number): Promise<Buffer> {
    while (this.buffer.length < length) await this.more()
    const found = this.buffer.subarray(0, length)
    this.buffer = this.buffer.subarray(length)
    return found
  }

  /** As `until`, in pieces and without a limit. */
  async *upTo(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.buffer.indexOf(delimiter)
      const ready = at >= 0 ? at : Math.max(0, this.buffer.length - delimiter.length + 1)
      if (ready > 0) yield this.buffer.subarray(0, ready)
      this.buffer = this.buffer.subarray(at >= 0 ? at + delimiter.length : ready)
      if (at >= 0) return
      await this.more()
    }
  }

  /** Reads on, so that the client gets to see its answer; gives up after `limit` bytes. */
  async discard(limit: number): Promise<void> {
    for (let left = limit; left > 0; ) {
      const { done, value } = await this.source.next()
      if (done) return
      left -= value.length
    }
  }

  /** Lets go of the source: whoever answers may want to read what is left. */
  async close(): Promise<void> {
    await this.source.return?.()
  }

  private async more(): Promise<void> {
    const { done, value } = await this.source.next()
    if (done) throw new S3Error('MalformedPOSTRequest')
    this.buffer = this.buffer.length === 0 ? value : Buffer.concat([this.buffer, value])
  }
}

function partHeaders(text: string): { name: string; filename: string } {
  const disposition = /^content-disposition:[ \t]*(.*)$/im.exec(text)?.[1]?.trim() ?? ''
  const parameter = (name: string) => {
    const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(disposition)
    return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
  }
  const name = parameter('name')
  if (!/^form-data\b/i.test(disposition) || !name) throw new S3Error('MalformedPOSTRequest')
  return { name: name.toLowerCase(), filename: (parameter('filename') ?? '').split(/[/\\]/).at(-1)! }
}
