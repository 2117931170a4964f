import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { DeltaError } from '../errors.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
const isNoSuchKey = (error: unknown): boolean => (error as Error | undefined)?.name === 'NoSuchKey'

/**
 * A table in a bucket of S3, MinIO or whatever speaks S3 and honours `If-None-Match: *` on PUT.
 * The client is the caller's: endpoint, credentials, retries and timeouts are set there, and the caller destroys it.
 */
export class S3Store implements ObjectStore {
  readonly url: string
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`
    this.url = `s3://${bucket}/${this.#prefix}`
  }

  get(path: string): Promise<Uint8Array | undefined> {
    return this.#get(path, undefined)
  }

  getRange(path: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return end > start ? this.#get(path, `bytes=${start}-${end - 1}`) : Promise.resolve(new Uint8Array())
  }

  async #get(path: string, range: string | undefined): Promise<Uint8Array | undefined> {
    try {
      const answer = await this.#client.send(new GetObjectCommand({ ...this.#object(path), ...(range ? { Range: range } : {}) }))
      return await answer.Body!.transformToByteArray()
    } catch (error) {
      if (isNoSuchKey(error)) return undefined
      throw this.#failed('read', path, error)
    }
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#object(path), Body: bytes })).catch(error => {
      throw this.#failed('write', path, error)
    })
  }

  async putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#object(path), Body: bytes, IfNoneMatch: '*' }))
      return true
    } catch (error) {
      // 412: the name is taken. 409: another conditional write to it is under way, and S3 asks to look again.
      if (statusOf(error) === 412 || statusOf(error) === 409) return false
      throw this.#failed('write', path, error)
    }
  }

  async *list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo> {
    let token: string | undefined
    do {
      const page = await this.#client
        .send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix + prefix,
            ...(startAfter === undefined ? {} : { StartAfter: this.#prefix + startAfter }),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        .catch(error => {
          throw this.#failed('list', prefix, error)
        })
      for (const { Key, Size, LastModified } of page.Contents ?? [])
        yield { path: Key!.slice(this.#prefix.length), size: Size ?? 0, lastModified: LastModified?.getTime() ?? 0 }
      token = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  async delete(path: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#object(path))).catch(error => {
      throw this.#failed('delete', path, error)
    })
  }

  #object(path: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + path }
  }

  #failed(verb: string, path: string, cause: unknown): DeltaError {
    const { name = 'Error', message = '' } = cause as Error
    return new DeltaError('DELTA_STORE_FAILED', `Could not ${verb} ${this.url}${path} (${name}: ${message || 'no message'}).`, { cause })
  }
}
