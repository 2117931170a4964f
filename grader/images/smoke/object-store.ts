import { randomBytes } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { must, type StartOptions, type Trial } from './trial.ts'

const keys = { user: 'fjordline', password: randomBytes(12).toString('hex') }

/** A store of a trial: `inside` is its address for the other containers. */
export interface TrialStore {
  client: S3Client
  user: string
  password: string
  inside: string
}

/** Starts MinIO and waits until it takes requests. */
export async function startMinio(trial: Trial, options: StartOptions = {}): Promise<TrialStore> {
  await trial.start({
    ...options,
    alias: 'minio',
    ports: [9000],
    env: { MINIO_ROOT_USER: keys.user, MINIO_ROOT_PASSWORD: keys.password },
    command: ['server', '/data', '--console-address', ':9001'],
  })
  return store(trial, 9000, 'http://minio:9000')
}

async function store(trial: Trial, port: number, inside: string): Promise<TrialStore> {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${await trial.port(port)}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: keys.user, secretAccessKey: keys.password },
  })
  trial.onEnd(async () => client.destroy())
  await trial.until('the store takes a bucket', async () => Boolean(await client.send(new CreateBucketCommand({ Bucket: 'lake' }))))
  return { client, ...keys, inside }
}

/** Bytes as they were, in one part and in several, listed; a second writer of the same key is refused; a wrong key too. */
async function stores({ client }: TrialStore): Promise<void> {
  const Bucket = 'lake'
  const body = randomBytes(200_000)
  await client.send(new PutObjectCommand({ Bucket, Key: 'a/one', Body: body }))
  const whole = async (Key: string) =>
    Buffer.from(await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray())
  must((await whole('a/one')).equals(body), 'an object comes back as it was')
  const parts = [randomBytes(5 << 20), randomBytes(1000)]
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a/two' }))
  const done = await Promise.all(
    parts.map(async (Body, i) => {
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key: 'a/two', UploadId, PartNumber: i + 1, Body }))
      return { ETag, PartNumber: i + 1 }
    }),
  )
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'a/two', UploadId, MultipartUpload: { Parts: done } }))
  must((await whole('a/two')).equals(Buffer.concat(parts)), 'an object of several parts comes back as it was')
  const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }))
  must(listed.Contents?.map(({ Key }) => Key).join() === 'a/one,a/two', 'both are listed')
  const refused = await status(client.send(new PutObjectCommand({ Bucket, Key: 'a/one', Body: 'other', IfNoneMatch: '*' })))
  must(refused === 412 && (await whole('a/one')).equals(body), `If-None-Match: * refuses a key that is there (412); it answered ${refused}`)
  const stranger = new S3Client({
    endpoint: client.config.endpoint!,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: keys.user, secretAccessKey: 'wrong' },
  })
  const wrong = await status(stranger.send(new GetObjectCommand({ Bucket, Key: 'a/one' })))
  stranger.destroy()
  must(wrong === 403, `a wrong key is refused (403); it answered ${wrong}`)
}

/** The HTTP status of a request's error; 200 when there was none. */
const status = (request: Promise<unknown>): Promise<number | undefined> =>
  request.then(
    () => 200,
    error => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined),
  )

/** MinIO: the job of a store, also over kill -9, and the tools of healthchecks. */
export async function minio(trial: Trial): Promise<string> {
  await stores(await startMinio(trial))
  await trial.restart()
  await trial.until('it is ready after kill -9', async () => (await trial.exec(['mc', 'ready', 'local'])).code === 0)
  must((await trial.exec(['curl', '-fs', 'http://localhost:9000/minio/health/live'])).code === 0, 'curl and the health check are there')
  const said = await trial.exec([
    'sh',
    '-c',
    `MC_HOST_own=http://${keys.user}:${keys.password}@localhost:9000 mc stat --json own/lake/a/one`,
  ])
  must(said.stdout.includes('200000'), `the object is there after kill -9, mc sees it; it said: ${said.stdout}${said.stderr}`)
  return 'stored one part and several over kill -9, refused a second writer and a wrong key'
}

/** The second implementation, for what must not depend on the first. */
export async function versitygw(trial: Trial): Promise<string> {
  await trial.start({ ports: [7070], env: { ROOT_ACCESS_KEY: keys.user, ROOT_SECRET_KEY: keys.password } })
  await stores(await store(trial, 7070, 'http://versitygw:7070'))
  return 'stored one part and several, refused a second writer and a wrong key'
}
