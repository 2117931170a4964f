import { Payload } from '../../src/http/payload.ts'
import type { S3Request } from '../../src/http/request.ts'
import type { S3Response } from '../../src/http/response.ts'
import { parseQuery } from '../../src/http/uri.ts'
import { route } from '../../src/operations/routes.ts'
import type { Store } from '../../src/operations/store.ts'

/** A request to the operations themselves, without HTTP and signatures. */
export interface DirectRequest {
  readonly method: string
  readonly bucket: string
  readonly key?: string
  readonly query?: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
}

/** Carries out an operation on a store, as the gateway would. */
export async function direct(
  store: Store,
  { method, bucket, key, query = '', headers = {}, body = '' }: DirectRequest,
): Promise<S3Response> {
  const bytes = Buffer.from(body)
  const all = new Map(Object.entries({ 'content-length': String(bytes.length), ...headers }))
  const auth = {
    user: { accessKey: 'root', secretKey: 'root', bucketPrefix: '', root: true },
    payloadHash: 'UNSIGNED-PAYLOAD',
    signature: '',
    timestamp: '',
    scope: { date: '', region: '', service: 's3' },
    signingKey: Buffer.alloc(0),
    presigned: false,
  }
  const payload = new Payload(all, auth, async function* () {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
  })
  const request: S3Request = {
    method,
    path: `/${bucket}/${key ?? ''}`,
    query: parseQuery(query),
    headers: all,
    bucket,
    key,
    auth,
    payload,
    requestId: '',
    now: Date.now(),
  }
  return route(request).operation(store, request, undefined)
}

/** An object's bytes, or undefined where it does not exist. */
export async function readAll(store: Store, bucket: string, key: string, query = ''): Promise<Buffer | undefined> {
  const answer = await direct(store, { method: 'GET', bucket, key, query }).catch(error => {
    if ((error as { code?: string }).code === 'NoSuchKey') return undefined
    throw error
  })
  if (!answer) return undefined
  const pieces: Buffer[] = []
  if (typeof answer.body === 'object') {
    for await (const data of answer.body.stream) pieces.push(Buffer.from(data))
    answer.body.release?.()
  }
  return Buffer.concat(pieces)
}
