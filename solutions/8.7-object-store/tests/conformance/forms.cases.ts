import { createHmac } from 'node:crypto'
import { ROOT } from '../support/servers.ts'
import { type Case, type Context, get, head } from './case.ts'

type Fields = Record<string, string>
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
/** S3's placeholder for the name of the file. */
const FILE_NAME = ['$', '{filename}'].join('')
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

/** A form's fields with a policy of these conditions, signed by version 4. */
function signed(c: Context, fields: Fields, conditions: unknown[], { expiration = inAnHour(), secretKey = ROOT.secretKey } = {}): Fields {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const date = timestamp.slice(0, 8)
  const auth = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${ROOT.accessKey}/${date}/us-east-1/s3/aws4_request`,
    'x-amz-date': timestamp,
  }
  const all = [{ bucket: c.bucket }, ...Object.entries(auth).map(([name, value]) => ({ [name]: value })), ...conditions]
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: all })).toString('base64')
  const key = [date, 'us-east-1', 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`)
  return { ...fields, ...auth, policy, 'x-amz-signature': hmac(key, policy).toString('hex') }
}

/** Posts a form; the outcome is status and error code. */
async function post(c: Context, fields: Fields, body: string | Buffer = 'hello', file: 'file' | 'none' = 'file'): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file === 'file') form.append('file', new Blob([body]), 'photo 1.jpg')
  return fetch(`${c.url}/${c.bucket}`, { method: 'POST', body: form, redirect: 'manual' })
}

async function outcomeOf(answer: Promise<Response>): Promise<string> {
  const response = await answer
  const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]
  return code ? `${response.status} ${code}` : String(response.status)
}

const KEY = [['eq', '$key', 'a']]
/** The policy is right in everything; `fields` and `more` make it wrong. */
const posted = (c: Context, fields: Fields, conditions: unknown[] = KEY, body?: string) =>
  outcomeOf(post(c, signed(c, { key: 'a', ...fields }, conditions), body))

/** Forms that a browser posts, by a policy. */
export const formCases: Case[] = [
  {
    name: 'a form uploads, with its type and metadata',
    run: async c => {
      const fields = { 'Content-Type': 'text/plain', 'x-amz-meta-who': 'me' }
      const conditions = [...KEY, ['starts-with', '$Content-Type', 'text/'], { 'x-amz-meta-who': 'me' }]
      const status = await posted(c, fields, conditions)
      const { ContentType, Metadata } = await head(c, 'a')
      return [status, await get(c, 'a'), ContentType, Metadata]
    },
    expected: ['204', 'hello', 'text/plain', { who: 'me' }],
  },
  {
    name: 'the key may hold the name of the file',
    run: async c => {
      const status = await outcomeOf(post(c, signed(c, { key: `in/${FILE_NAME}` }, [['starts-with', '$key', 'in/']])))
      return [status, await get(c, 'in/photo 1.jpg')]
    },
    expected: ['204', 'hello'],
    differs: { versitygw: 'takes the placeholder for a name' },
  },
  {
    name: 'the form chooses the answer: 200, 201 with a document, a redirection',
    run: async c => {
      const answer = async (name: string, value: string) => post(c, signed(c, { key: 'a', [name]: value }, [...KEY, { [name]: value }]))
      const created = await answer('success_action_status', '201')
      const redirected = await answer('success_action_redirect', 'http://127.0.0.1/done?x=1')
      const target = new URL(redirected.headers.get('location') ?? 'http://none/')
      return [
        (await answer('success_action_status', '200')).status,
        created.status,
        /<PostResponse.*<Bucket>.*<Key>a<\/Key>.*<ETag>.*5d41402abc4b2a76b9719d911017c592/s.test(await created.text()),
        redirected.status,
        [target.pathname, target.searchParams.get('x'), target.searchParams.get('key'), target.searchParams.get('bucket') === c.bucket],
      ]
    },
    expected: [200, 201, true, 303, ['/done', '1', 'a', true]],
  },
  {
    name: 'what the policy does not allow',
    run: async c => [
      await posted(c, { key: 'b' }),
      await posted(c, { 'x-amz-meta-extra': '1' }),
      await posted(c, {}, [...KEY, ['starts-with', '$Content-Type', 'image/']]),
      await posted(c, {}, [...KEY, { bucket: 'another' }]),
      await posted(c, {}, [...KEY, ['content-length-range', 0, 4]]),
      await posted(c, {}, [...KEY, ['content-length-range', 6, 10]]),
      await posted(c, {}, [...KEY, ['content-length-range', 5, 5]]),
    ],
    expected: [
      ...['403 AccessDenied', '403 AccessDenied', '403 AccessDenied', '403 AccessDenied'],
      ...['400 EntityTooLarge', '400 EntityTooSmall', '204'],
    ],
  },
  {
    name: 'forms that nobody signed, or not now, or not so',
    differs: { minio: 'misses query parameters where nothing is signed' },
    run: async c => {
      const fields = { key: 'a' }
      const good = signed(c, fields, KEY)
      const policy = Buffer.from(JSON.stringify({ expiration: inAnHour(), conditions: [] })).toString('base64')
      const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([other]) => other !== name))
      return [
        await outcomeOf(post(c, fields)),
        await outcomeOf(post(c, { ...good, policy })),
        await outcomeOf(post(c, signed(c, fields, KEY, { secretKey: 'another-secret' }))),
        await outcomeOf(post(c, signed(c, fields, KEY, { expiration: '2020-01-01T00:00:00Z' }))),
        await outcomeOf(post(c, without('x-amz-signature'))).then(text => text.slice(0, 1)),
        await outcomeOf(post(c, without('key'))).then(text => text.slice(0, 1)),
        await outcomeOf(post(c, good, '', 'none')).then(text => text.slice(0, 1)),
        await get(c, 'a').catch(error => error.name),
      ]
    },
    expected: [
      '403 AccessDenied',
      '403 SignatureDoesNotMatch',
      '403 SignatureDoesNotMatch',
      '403 AccessDenied',
      '4',
      '4',
      '4',
      'NoSuchKey',
    ],
  },
  {
    name: 'a file of many pieces that looks like a boundary all over',
    run: async c => {
      const body = Buffer.alloc(3 * 1024 * 1024, '\r\n--\r\n------WebKit')
      const status = await outcomeOf(post(c, signed(c, { key: 'a' }, KEY), body))
      return [status, (await get(c, 'a')) === body.toString()]
    },
    expected: ['204', true],
  },
]
