import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { s3Client } from './buckets.ts'
import { openObjectStore } from './fixture.ts'

let run: Run
let engine: Engine

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['object-store'], { runId: run.id, runDir: run.dir })
})

afterAll(async () => {
  await engine.stop()
  await run.close()
})

const open = (kpi: string) => openObjectStore(engine.endpoints[0]!, kpi)

test('a learner reaches its own buckets and no others', async () => {
  const [mine, theirs] = [await open('Lake Rows!'), await open('theirs')]
  const learner = s3Client(mine.url, mine.accessKey, mine.secretKey)
  const Bucket = `${mine.bucketPrefix}lake`
  await learner.send(new CreateBucketCommand({ Bucket }))
  await learner.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'rows' }))
  expect(await (await learner.send(new GetObjectCommand({ Bucket, Key: 'a/b' }))).Body!.transformToString()).toBe('rows')
  await theirs.admin.send(new CreateBucketCommand({ Bucket: `${theirs.bucketPrefix}lake` }))
  const foreign = new PutObjectCommand({ Bucket: `${theirs.bucketPrefix}lake`, Key: 'a', Body: 'x' })
  await expect(learner.send(foreign)).rejects.toMatchObject({ name: 'AccessDenied' })
  await expect(learner.send(new CreateBucketCommand({ Bucket: 'elsewhere' }))).rejects.toMatchObject({ name: 'AccessDenied' })
  await expect(learner.send(new PutObjectCommand({ Bucket: '-', Key: 'users/me', Body: '{}' }))).rejects.toMatchObject({ name: 'AccessDenied' }) // biome-ignore format: one line
  for (const store of [mine, theirs]) await store.close()
})

test('objects and the credentials survive kill -9 and start', async () => {
  const store = await open('kept')
  const learner = s3Client(store.url, store.accessKey, store.secretKey)
  const Bucket = `${store.bucketPrefix}lake`
  await learner.send(new CreateBucketCommand({ Bucket }))
  await learner.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'kept' }))
  await store.kill()
  await store.start()
  expect(await (await learner.send(new GetObjectCommand({ Bucket, Key: 'k' }))).Body!.transformToString()).toBe('kept')
  await store.close()
})

test('close leaves no bucket, version, upload or user', async () => {
  const store = await open('gone')
  const learner = s3Client(store.url, store.accessKey, store.secretKey)
  const Bucket = `${store.bucketPrefix}versions`
  await learner.send(new CreateBucketCommand({ Bucket }))
  await learner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  for (const Body of ['1', '2']) await learner.send(new PutObjectCommand({ Bucket, Key: 'k', Body }))
  await learner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'half' }))
  await store.close()
  const other = await open('other')
  expect((await other.admin.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
  await expect(learner.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
  await other.close()
})
