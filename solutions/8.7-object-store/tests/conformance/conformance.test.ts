import { isDeepStrictEqual } from 'node:util'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendRaw } from '../support/raw-client.ts'
import { sdk } from '../support/sdk.ts'
import { peerProgram, type S3Server, startLite, startPeer } from '../support/servers.ts'
import { accessCases } from './access.cases.ts'
import { type Case, makeBucket } from './case.ts'
import { checksumCases } from './checksums.cases.ts'
import { formCases } from './forms.cases.ts'
import { listingCases } from './listing.cases.ts'
import { multipartCases } from './multipart.cases.ts'
import { objectCases } from './objects.cases.ts'
import { readingCases } from './reading.cases.ts'
import { versioningCases } from './versioning.cases.ts'

const AREAS: Record<string, Case[]> = {
  objects: objectCases,
  reading: readingCases,
  listing: listingCases,
  multipart: multipartCases,
  checksums: checksumCases,
  versioning: versioningCases,
  access: accessCases,
  forms: formCases,
}

let bucketNumber = 0

/** Runs a case in a bucket of its own. */
async function run(server: S3Server, s3: S3Client, { run }: Case): Promise<unknown> {
  const bucket = `case-${process.pid}-${++bucketNumber}`
  await makeBucket(s3, bucket)
  return run({ s3, url: server.url, bucket, raw: request => sendRaw(server.url, request) })
}

/** PEERS=minio,versitygw compares with both, PEERS= with none; without it, with MinIO where it has been built. */
const wanted = process.env['PEERS'] ?? (peerProgram('minio') ? 'minio' : '')

describe('s3-lite answers as S3 does', () => {
  let server: S3Server
  let s3: S3Client
  beforeAll(async () => {
    server = await startLite({ region: 'us-east-1' })
    s3 = sdk(server.url)
  })
  afterAll(async () => {
    s3.destroy()
    await server.stop()
  })
  for (const [area, cases] of Object.entries(AREAS)) {
    describe(area, () => {
      for (const one of cases) test(one.name, async () => expect(await run(server, s3, one)).toEqual(one.expected))
    })
  }
})

for (const name of ['minio', 'versitygw'] as const) {
  describe.skipIf(!wanted.split(',').includes(name))(`${name} answers the same, or differs where we know it`, () => {
    let server: S3Server
    let s3: S3Client
    beforeAll(async () => {
      server = await startPeer(name)
      s3 = sdk(server.url)
    })
    afterAll(async () => {
      s3.destroy()
      await server.stop()
    })
    for (const [area, cases] of Object.entries(AREAS)) {
      for (const one of cases) {
        test(`${area}: ${one.name}`, async () => {
          const seen = await run(server, s3, one).catch(error => `failed: ${(error as Error).message}`)
          const reason = one.differs?.[name]
          if (reason === undefined) expect(seen).toEqual(one.expected)
          else
            expect(
              isDeepStrictEqual(seen, one.expected),
              `${name} is said to differ ("${reason}"), but answers the same: drop the note`,
            ).toBe(false)
        })
      }
    }
  })
}
