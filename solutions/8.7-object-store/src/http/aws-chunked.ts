import type { ChunkSignatures } from '../auth/chunk-signatures.ts'
import { LIMITS } from '../limits.ts'
import { S3Error } from './errors.ts'

const HEADER = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/
const TRAILER = /^([a-z0-9-]{1,128}):[ \t]*(.*?)[ \t]*$/

/**
 * Decoder of `Content-Encoding: aws-chunked` bodies:
 *
 *     body    => chunk* last trailer* CRLF
 *     chunk   => size(hex, > 0) [";chunk-signature=" hex64] CRLF data(size bytes) CRLF
 *     last    => "0" [";chunk-signature=" hex64] CRLF
 *     trailer => name ":" value CRLF                     (the last one is x-amz-trailer-signature where chunks are signed)
 *
 * Push parser: `push` takes what arrived and returns the data in it, `end` says that nothing more comes.
 * Both throw an `S3Error` on malformed input; data is returned before its chunk's signature is seen, so nothing may be committed before `end`.
 */
export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>()
  private readonly signatures: ChunkSignatures | undefined
  private readonly expectTrailer: boolean
  private state: 'header' | 'data' | 'data-end' | 'trailer' | 'done' = 'header'
  private line = ''
  private remaining = 0
  private signature = ''
  private trailerText = ''

  /** `signatures` verifies signed chunks; without it chunks must be unsigned. */
  constructor(signatures: ChunkSignatures | undefined, expectTrailer: boolean) {
    this.signatures = signatures
    this.expectTrailer = expectTrailer
  }

  push(input: Buffer): Buffer[] {
    const output: Buffer[] = []
    let at = 0
    while (at < input.length) {
      if (this.state === 'data') {
        const data = input.subarray(at, at + this.remaining)
        this.signatures?.update(data)
        output.push(data)
        at += data.length
        this.remaining -= data.length
        if (this.remaining === 0) this.state = 'data-end'
        continue
      }
      if (this.state === 'done') throw incomplete('there are bytes behind the last chunk')
      const newline = input.indexOf(10, at)
      const stop = newline < 0 ? input.length : newline + 1
      this.line += input.toString('latin1', at, stop)
      at = stop
      if (this.line.length > LIMITS.awsChunkHeaderBytes) throw incomplete('a chunk header is too long')
      if (newline >= 0) this.endLine()
    }
    return output
  }

  end(): void {
    if (this.state !== 'done') throw incomplete('the body ends before its last chunk')
  }

  private endLine(): void {
    if (!this.line.endsWith('\r\n')) throw incomplete('a line does not end in CR LF')
    const line = this.line.slice(0, -2)
    this.line = ''
    if (this.state === 'header') this.readHeader(line)
    else if (this.state === 'data-end') this.endChunk(line)
    else this.readTrailer(line)
  }

  private readHeader(line: string): void {
    const match = HEADER.exec(line)
    if (!match || (match[2] === undefined) !== (this.signatures === undefined)) throw incomplete('a chunk header is malformed')
    this.remaining = Number.parseInt(match[1]!, 16)
    this.signature = match[2] ?? ''
    if (this.remaining > 0) {
      this.state = 'data'
      return
    }
    this.signatures?.endChunk(this.signature)
    this.state = 'trailer'
  }

  private endChunk(line: string): void {
    if (line !== '') throw incomplete('a chunk is longer than its header says')
    this.signatures?.endChunk(this.signature)
    this.state = 'header'
  }

  private readTrailer(line: string): void {
    if (line === '') {
      this.state = 'done'
      if (this.signatures && this.expectTrailer)
        this.signatures.endTrailer(this.trailerText, this.trailers.get('x-amz-trailer-signature') ?? '')
      return
    }
    const match = TRAILER.exec(line)
    if (!match || !this.expectTrailer || this.trailers.has('x-amz-trailer-signature')) throw incomplete('the trailer is malformed')
    const [, name, value] = match as unknown as [string, string, string]
    if (this.trailers.has(name)) throw incomplete('a trailing header came twice')
    this.trailers.set(name, value)
    if (name !== 'x-amz-trailer-signature') this.trailerText += `${name}:${value}\n`
    if (this.trailerText.length > LIMITS.trailerBytes) throw incomplete('the trailer is too long')
  }
}

function incomplete(what: string): S3Error {
  return new S3Error('IncompleteBody', `The aws-chunked body is malformed: ${what}.`)
}
