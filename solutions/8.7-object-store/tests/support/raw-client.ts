import { createHash, createHmac } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { ROOT } from './servers.ts'

/** A request that the tests sign by themselves, so that they can sign it wrongly. */
export interface RawRequest {
  readonly method?: string
  /** As it goes over the wire, query included. */
  readonly target: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
  readonly payloadHash?: string
  readonly accessKey?: string
  readonly secretKey?: string
  readonly region?: string
  readonly service?: string
  readonly date?: Date
  /** Changes the signed headers before they are sent. */
  readonly tamper?: (headers: Record<string, string>) => void
  /** Sends no signature at all. */
  readonly anonymous?: boolean
}

/** An answer. */
export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The error document's code. */
  readonly code: string | undefined
}

/** What chunk signatures go on from. */
export interface Seed {
  readonly signature: string
  readonly timestamp: string
  readonly scope: string
  readonly key: Buffer
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()

/** Hex SHA-256. */
export const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')

/** The path decoded, and encoded again byte by byte: only slashes and unreserved characters stay. */
function canonicalPath(path: string): string {
  const bytes: number[] = []
  for (let i = 0; i < path.length; i++) {
    const escaped = /^%([0-9a-f]{2})/i.exec(path.slice(i, i + 3))
    bytes.push(escaped ? Number.parseInt(escaped[1]!, 16) : path.charCodeAt(i))
    if (escaped) i += 2
  }
  return bytes
    .map(byte =>
      /[A-Za-z0-9\-._~/]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}

/** Signs a request, written from the specification and not from the code under test. */
export function signRaw(url: string, raw: RawRequest): { headers: Record<string, string>; seed: Seed } {
  const timestamp = (raw.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const [path, query = ''] = raw.target.split('?') as [string, string?]
  const payloadHash = raw.payloadHash ?? sha256(raw.body ?? '')
  const headers: Record<string, string> = {
    host: new URL(url).host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    ...raw.headers,
  }
  const names = Object.keys(headers).sort()
  const scope = `${timestamp.slice(0, 8)}/${raw.region ?? 'us-east-1'}/${raw.service ?? 's3'}/aws4_request`
  const canonicalQuery = query
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&')
  const canonical = [
    raw.method ?? 'GET',
    canonicalPath(path),
    canonicalQuery,
    ...names.map(name => `${name}:${headers[name]!.trim()}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n')
  const key = scope
    .split('/')
    .reduce<Buffer>((previous, part) => hmac(previous, part), Buffer.from(`AWS4${raw.secretKey ?? ROOT.secretKey}`))
  const signature = hmac(key, ['AWS4-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n')).toString('hex')
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${raw.accessKey ?? ROOT.accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  if (raw.anonymous) delete headers['authorization']
  raw.tamper?.(headers)
  return { headers, seed: { signature, timestamp, scope, key } }
}

/** Sends a request and reads the answer. */
export function sendRaw(url: string, raw: RawRequest): Promise<RawResponse> {
  const { headers } = signRaw(url, raw)
  return transmit(url, raw.method ?? 'GET', raw.target, headers, raw.body)
}

/** Sends what is given, as it is. */
export function transmit(
  url: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  body?: Buffer | string,
): Promise<RawResponse> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path: target,
        headers: { 'content-length': String(Buffer.byteLength(body ?? '')), ...headers },
        agent: false,
      },
      incoming => {
        const pieces: Buffer[] = []
        incoming.on('data', piece => pieces.push(piece))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const all = Buffer.concat(pieces)
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: all,
            code: /<Code>(\w+)<\/Code>/.exec(all.toString())?.[1],
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** An aws-chunked body with signatures. `tamper` may change a chunk's data after signing. */
export function signedChunks(
  seed: Seed,
  chunks: readonly Buffer[],
  trailers: Record<string, string> | undefined = undefined,
  tamper: (index: number, data: Buffer) => Buffer = (_, data) => data,
): Buffer {
  let previous = seed.signature
  const pieces: Buffer[] = []
  for (const [index, data] of [...chunks, Buffer.alloc(0)].entries()) {
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', seed.timestamp, seed.scope, previous, sha256(''), sha256(data)].join('\n')
    previous = hmac(seed.key, text).toString('hex')
    pieces.push(Buffer.from(`${data.length.toString(16)};chunk-signature=${previous}\r\n`))
    if (data.length > 0) pieces.push(tamper(index, data), Buffer.from('\r\n'))
  }
  if (trailers) {
    const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\n`)
    const signature = hmac(
      seed.key,
      ['AWS4-HMAC-SHA256-TRAILER', seed.timestamp, seed.scope, previous, sha256(lines.join(''))].join('\n'),
    ).toString('hex')
    for (const line of lines) pieces.push(Buffer.from(line.replace('\n', '\r\n')))
    pieces.push(Buffer.from(`x-amz-trailer-signature:${signature}\r\n`))
  }
  pieces.push(Buffer.from('\r\n'))
  return Buffer.concat(pieces)
}
