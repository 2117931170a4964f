import { createHash, type Hash, timingSafeEqual } from 'node:crypto'
import { S3Error } from '../http/errors.ts'
import { scopeText, sign } from './canonical.ts'
import type { Authenticated } from './sigv4.ts'

const EMPTY_HASH = createHash('sha256').digest('hex')

/**
 * The chain of signatures in a STREAMING-AWS4-HMAC-SHA256-PAYLOAD body: each chunk's signature covers the one before it, the first
 * one the request's. (Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks" and "… including trailing headers".)
 */
export class ChunkSignatures {
  private readonly auth: Authenticated
  private previous: string
  private hash: Hash = createHash('sha256')

  constructor(auth: Authenticated) {
    this.auth = auth
    this.previous = auth.signature
  }

  update(data: Buffer): void {
    this.hash.update(data)
  }

  /** The chunk's data is complete. Throws `SignatureDoesNotMatch`. */
  endChunk(signature: string): void {
    this.verify(['AWS4-HMAC-SHA256-PAYLOAD', ...this.context(), EMPTY_HASH, this.hash.digest('hex')], signature)
    this.hash = createHash('sha256')
  }

  /** The trailer is complete: its lines `name:value\n`, without the signature's own. Throws `SignatureDoesNotMatch`. */
  endTrailer(lines: string, signature: string): void {
    this.verify(['AWS4-HMAC-SHA256-TRAILER', ...this.context(), createHash('sha256').update(lines, 'latin1').digest('hex')], signature)
  }

  private context(): string[] {
    return [this.auth.timestamp, scopeText(this.auth.scope), this.previous]
  }

  private verify(lines: string[], signature: string): void {
    const expected = sign(this.auth.signingKey, lines.join('\n'))
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(expected), Buffer.from(signature, 'latin1'))) {
      throw new S3Error('SignatureDoesNotMatch')
    }
    this.previous = expected
  }
}
