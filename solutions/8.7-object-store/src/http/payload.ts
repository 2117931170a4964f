import { ChunkSignatures } from '../auth/chunk-signatures.ts'
import type { Authenticated } from '../auth/sigv4.ts'
import { createStreamHash } from '../checksums/background-hash.ts'
import { LIMITS } from '../limits.ts'
import { AwsChunkedDecoder } from './aws-chunked.ts'
import { S3Error } from './errors.ts'

const KINDS: Record<string, { signed: boolean; trailer: boolean }> = {
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailer: true },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailer: true },
}

/** A request's body, however it travels. */
export interface Body {
  /** Bytes of the decoded body, at most; undefined where the request does not say. */
  readonly length: number | undefined
  /** Trailing headers; complete when `bytes` has ended. */
  readonly trailers: ReadonlyMap<string, string>
  bytes(): AsyncGenerator<Buffer>
  text(): Promise<string>
}

/**
 * A request's body, as the signature declares it: plain with a signed hash, plain unsigned, or aws-chunked.
 * `bytes` may be read once; it throws an `S3Error` at the latest behind the last byte when the body is not what was signed.
 */
export class Payload implements Body {
  /** Bytes of the decoded body; undefined where the request does not say. */
  readonly length: number | undefined
  /** Trailing headers; complete when `bytes` has ended. */
  trailers: ReadonlyMap<string, string> = new Map()
  private readonly incoming: () => AsyncIterable<Buffer>
  private readonly auth: Authenticated
  private readonly kind: { signed: boolean; trailer: boolean } | undefined

  /** `incoming` is called when the body is wanted: that is the moment to send `100 Continue`. Throws on contradictory headers. */
  constructor(headers: ReadonlyMap<string, string>, auth: Authenticated, incoming: () => AsyncIterable<Buffer>) {
    this.incoming = incoming
    this.auth = auth
    this.kind = KINDS[auth.payloadHash]
    if (!this.kind && auth.payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(auth.payloadHash)) {
      throw new S3Error('InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING kinds or a SHA-256 in hex.')
    }
    this.length = parseLength(headers.get(this.kind ? 'x-amz-decoded-content-length' : 'content-length'))
    if (this.kind && this.length === undefined)
      throw new S3Error('MissingContentLength', 'A streamed body needs x-amz-decoded-content-length.')
  }

  async *bytes(): AsyncGenerator<Buffer> {
    let received = 0
    for await (const data of this.kind ? this.decoded(this.kind) : this.plain()) {
      received += data.length
      if (this.length !== undefined && received > this.length)
        throw new S3Error('IncompleteBody', 'The body is longer than the request says.')
      yield data
    }
    if (this.length !== undefined && received < this.length) throw new S3Error('IncompleteBody')
  }

  /** The whole of a small body. Throws when it is larger than an XML document may be. */
  async text(): Promise<string> {
    const pieces: Buffer[] = []
    let size = 0
    for await (const data of this.bytes()) {
      size += data.length
      if (size > LIMITS.xmlBodyBytes) throw new S3Error('MaxMessageLengthExceeded')
      pieces.push(data)
    }
    return Buffer.concat(pieces).toString()
  }

  private async *plain(): AsyncGenerator<Buffer> {
    if (this.auth.payloadHash === 'UNSIGNED-PAYLOAD') {
      yield* this.incoming()
      return
    }
    const hash = createStreamHash('sha256', this.length ?? 0)
    let digest: Buffer | undefined
    try {
      for await (const data of this.incoming()) {
        await hash.update(data)
        yield data
      }
      digest = await hash.digest()
    } finally {
      if (!digest) hash.drop()
    }
    if (digest.toString('hex') !== this.auth.payloadHash) throw new S3Error('XAmzContentSHA256Mismatch')
  }

  private async *decoded({ signed, trailer }: { signed: boolean; trailer: boolean }): AsyncGenerator<Buffer> {
    const decoder = new AwsChunkedDecoder(signed ? new ChunkSignatures(this.auth) : undefined, trailer)
    this.trailers = decoder.trailers
    for await (const data of this.incoming()) yield* decoder.push(data)
    decoder.end()
  }
}

function parseLength(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', 'The content length is not a number.')
  return Number(text)
}
