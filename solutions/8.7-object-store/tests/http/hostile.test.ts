import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/limits.ts'
import { brief } from '../conformance/case.ts'
import { type RawRequest, sendRaw, signRaw } from '../support/raw-client.ts'
import { startLite, temporaryDirectory } from '../support/servers.ts'
import { seeded } from '../support/simulated-disk.ts'

let server: Awaited<ReturnType<typeof startLite>>
const directory = temporaryDirectory()
const raw = (request: RawRequest) => sendRaw(server.url, request)

beforeAll(async () => {
  server = await startLite({ dataDir: `${directory.path}/data` })
  await raw({ method: 'PUT', target: '/hostile' })
  await raw({ method: 'PUT', target: '/hostile/keep', body: 'so that the bucket cannot be deleted' })
})
afterAll(async () => {
  await server.stop()
  directory.remove()
})

/** Where an answer is expected: a loaded machine may be silent for longer than what ends a wait for none. */
const PATIENT = 10_000

/** Writes bytes to the port; resolves with the answer when the server closes, or when it has been silent. */
function bytes(data: Buffer | string, silence = 150): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    const done = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(silence, done)
    socket.on('data', piece => (answer += piece.toString('latin1')))
    socket.on('error', done)
    socket.on('close', done)
    socket.end(data)
  })
}

describe('keys cannot leave their bucket', () => {
  const KEYS = [
    '../../../../etc/passwd',
    '..',
    '.',
    '../hostile2/x',
    '%2e%2e%2f%2e%2e%2fescape',
    '..%2F..%2Fescape',
    'a/../../b',
    '/absolute',
    '//double',
    '%00',
    'C%3A%5Cwindows',
    '..%5C..%5Cescape',
    'LOCK',
    'chunks/volume-00000001',
  ]
  test.each(KEYS)('%s is a key like any other', async key => {
    const before = readdirSync(directory.path)
    const inside = () => readdirSync(`${directory.path}/data`).sort()
    const files = inside()
    const put = await raw({ method: 'PUT', target: `/hostile/${key}`, body: `body of ${key}` })
    expect(put.status, brief(put)).toBe(200)
    expect((await raw({ target: `/hostile/${key}` })).body.toString()).toBe(`body of ${key}`)
    expect(readdirSync(directory.path)).toEqual(before)
    expect(inside()).toEqual(files)
    expect((await raw({ target: '/hostile?list-type=2&prefix=&encoding-type=url' })).status).toBe(200)
    expect((await raw({ method: 'DELETE', target: `/hostile/${key}` })).status).toBe(204)
  })

  test.each(['/..%2Fdata', '/%2e%2e/x', '/.hidden/x', '/a%2Fb%2Fc/x'])('%s is no bucket', async target => {
    expect(brief(await raw({ method: 'PUT', target, body: 'x' }))).toMatch(/^400 InvalidBucketName|^404 NoSuchBucket/)
  })
})

describe('limits', () => {
  test('a header section beyond the limit', async () => {
    expect(await bytes(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(LIMITS.headerSectionBytes)}\r\n\r\n`, PATIENT)).toMatch(
      /^HTTP\/1.1 400 [\s\S]*RequestHeaderSectionTooLarge/,
    )
  })

  test('an XML body beyond the limit', async () => {
    const answer = await raw({ method: 'POST', target: '/hostile?delete', body: Buffer.alloc(LIMITS.xmlBodyBytes + 1, ' ') })
    expect(brief(answer)).toBe('400 MaxMessageLengthExceeded')
  })

  test('an object beyond the limit is refused before it is read', async () => {
    const { headers } = signRaw(server.url, { method: 'PUT', target: '/hostile/huge', payloadHash: 'UNSIGNED-PAYLOAD' })
    const head = Object.entries({ ...headers, 'content-length': String(LIMITS.putBytes + 1) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    expect(await bytes(`PUT /hostile/huge HTTP/1.1\r\n${head.join('')}\r\nbeginning`, PATIENT)).toMatch(
      /^HTTP\/1.1 400 [\s\S]*EntityTooLarge/,
    )
  })

  test('a body without a length', async () => {
    const { headers } = signRaw(server.url, { method: 'PUT', target: '/hostile/chunked', payloadHash: 'UNSIGNED-PAYLOAD' })
    const head = Object.entries({ ...headers, 'transfer-encoding': 'chunked' }).map(([name, value]) => `${name}: ${value}\r\n`)
    expect(await bytes(`PUT /hostile/chunked HTTP/1.1\r\n${head.join('')}\r\n5\r\nhello\r\n0\r\n\r\n`, PATIENT)).toMatch(
      /^HTTP\/1.1 411 [\s\S]*MissingContentLength/,
    )
  })

  test('1,001 keys in a batch', async () => {
    const body = `<Delete>${'<Object><Key>k</Key></Object>'.repeat(1001)}</Delete>`
    expect(brief(await raw({ method: 'POST', target: '/hostile?delete', body }))).toBe('400 MalformedXML')
  })
})

test('an upload that breaks off leaves no object and no pending chunk', async () => {
  const { headers } = signRaw(server.url, { method: 'PUT', target: '/hostile/broken', payloadHash: 'UNSIGNED-PAYLOAD' })
  const head = Object.entries({ ...headers, 'content-length': '3000000' }).map(([name, value]) => `${name}: ${value}\r\n`)
  await bytes(Buffer.concat([Buffer.from(`PUT /hostile/broken HTTP/1.1\r\n${head.join('')}\r\n`), Buffer.alloc(2_000_000)]))
  expect(brief(await raw({ target: '/hostile/broken' }))).toBe('404 NoSuchKey')
  await expect.poll(() => [...server.store.chunks.volumes.values()].reduce((sum, volume) => sum + volume.pending, 0)).toBe(0)
})

const total = Number(process.env['OBJECT_STORE_REQUESTS'] ?? 1000)

test(
  `${total} malformed requests: every one answered or cut off, the server lives, memory stays`,
  async () => {
    const random = seeded(8_7)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const garbage = () => Buffer.from(Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)))
    const QUERIES = [
      '',
      '?uploads',
      '?delete',
      '?uploadId=x&partNumber=1',
      '?versionId=%00',
      '?list-type=2&max-keys=9999999999',
      '?X-Amz-Algorithm=AWS4-HMAC-SHA256',
      '?%ff=%fe',
      '?tagging',
      '?versioning',
      '?partNumber=-1',
      '?acl&policy&tagging',
    ]
    const BODIES = [
      '',
      '<',
      '<a>',
      '<Delete></Delete>',
      '<Tagging><TagSet/></Tagging>',
      '\0\0',
      '5\r\nhello\r\n',
      'ffffffff\r\n',
      '<CompleteMultipartUpload><Part/></CompleteMultipartUpload>',
      '--b\r\nContent-Disposition: form-data; name="policy"\r\n\r\ne30=\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx',
    ]
    const HEADERS = [
      'content-md5',
      'range',
      'if-match',
      'if-modified-since',
      'x-amz-copy-source',
      'x-amz-checksum-crc32',
      'x-amz-trailer',
      'x-amz-decoded-content-length',
      'x-amz-tagging',
      'x-amz-meta-',
      'x-amz-checksum-algorithm',
      'x-amz-object-attributes',
      'content-type',
    ]
    const VALUES = [
      '',
      '-',
      '%',
      'bytes=0-',
      '/a',
      '/hostile/a?versionId=',
      'x-amz-checksum-crc32',
      '-1',
      '99999999999999999999',
      'é\x80',
      'a=b&a=b',
      'SHA256',
      '*',
      'multipart/form-data; boundary=b',
    ]
    const one = async () => {
      if (random() < 0.3)
        return bytes(
          Buffer.concat([Buffer.from(pick(['GET / HTTP/1.1\r\n', 'PUT /hostile/x HTTP/1.1\r\nHost: x\r\n', ''])), garbage()]),
          20,
        )
      const method = pick(['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])
      const target = `${pick(['/', '/hostile', '/hostile/', '/hostile/a', '/hostile/%ff', '/%', '//', '/-/users/x', '/-/'])}${pick(QUERIES)}`
      const payloadHash = pick([
        undefined,
        undefined,
        'UNSIGNED-PAYLOAD',
        'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'nonsense',
      ])
      const headers = Object.fromEntries([pick(HEADERS), pick(HEADERS)].map(name => [name, pick(VALUES)]))
      const answer = await raw({
        method,
        target,
        body: method === 'GET' || method === 'HEAD' ? '' : pick(BODIES),
        headers,
        ...(payloadHash ? { payloadHash } : {}),
      }).catch(() => undefined)
      if (answer) expect([500, 502, 504], `${method} ${target} ${JSON.stringify(headers)}: ${answer.body}`).not.toContain(answer.status)
      return undefined
    }
    const before = process.memoryUsage().rss
    for (let sent = 0; sent < total; sent += 20) await Promise.all(Array.from({ length: 20 }, one))
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
    expect((await raw({ target: '/hostile?list-type=2' })).status).toBe(200)
    expect(server.logged).toEqual([])
  },
  30_000 + total * 20,
)
