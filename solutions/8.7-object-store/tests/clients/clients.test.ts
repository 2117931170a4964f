import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sdk } from '../support/sdk.ts'
import { CACHE, peerProgram, ROOT, startLite, temporaryDirectory } from '../support/servers.ts'

const run = promisify(execFile)
const python = join(CACHE, 'boto3-venv', 'bin', 'python')
let server: Awaited<ReturnType<typeof startLite>>

beforeAll(async () => {
  server = await startLite()
})
afterAll(() => server.stop())

test('AWS SDK: a managed upload of a stream whose length nobody knows', async () => {
  const s3 = sdk(server.url)
  const data = randomBytes(17 * 1024 * 1024)
  const pieces = Array.from({ length: Math.ceil(data.length / 100_000) }, (_, i) => data.subarray(i * 100_000, (i + 1) * 100_000))
  await s3.send(new CreateBucketCommand({ Bucket: 'managed' }))
  await new Upload({ client: s3, params: { Bucket: 'managed', Key: 'stream', Body: Readable.from(pieces) } }).done()
  const answer = await s3.send(new GetObjectCommand({ Bucket: 'managed', Key: 'stream' }))
  expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(data)).toBe(true)
  s3.destroy()
})

test.skipIf(!existsSync(python))(
  'boto3 (not there: python3 -m venv ~/.cache/millrace/boto3-venv, and pip install boto3 in it)',
  async () => {
    const env = { PATH: process.env['PATH'] ?? '', S3_URL: server.url, S3_ACCESS_KEY: ROOT.accessKey, S3_SECRET_KEY: ROOT.secretKey }
    const { stdout } = await run(python, [new URL('boto3_suite.py', import.meta.url).pathname], { env }).catch(
      error => error as { stdout: string; stderr: string },
    )
    expect(stdout).toContain('all gone')
    expect(stdout.split('\n').filter(line => line.startsWith('FAILED'))).toEqual([])
  },
)

test.skipIf(!peerProgram('mc'))('mc (not there: bench/build-peers.sh mc)', async () => {
  const directory = temporaryDirectory()
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory.path,
    MC_CONFIG_DIR: directory.path,
    MC_HOST_lite: server.url.replace('://', `://${ROOT.accessKey}:${ROOT.secretKey}@`),
    MC_UPDATE: 'off',
  }
  const mc = async (...args: string[]) =>
    (await run(peerProgram('mc')!, ['--quiet', '--no-color', '--disable-pager', ...args], { env })).stdout
  try {
    const source = join(directory.path, 'source')
    mkdirSync(join(source, 'sub'), { recursive: true })
    const big = randomBytes(40 * 1024 * 1024)
    writeFileSync(join(source, 'big'), big)
    writeFileSync(join(source, 'sub', 'small ü'), 'small')
    await mc('mb', 'lite/mc-bucket')
    await mc('mirror', source, 'lite/mc-bucket/copy')
    expect(await mc('ls', '--recursive', 'lite/mc-bucket')).toMatch(/copy\/big[\s\S]*copy\/sub\/small ü/)
    expect(await mc('cat', 'lite/mc-bucket/copy/sub/small ü')).toBe('small')
    await mc('cp', 'lite/mc-bucket/copy/big', join(directory.path, 'back'))
    expect(readFileSync(join(directory.path, 'back')).equals(big)).toBe(true)
    await mc('cp', 'lite/mc-bucket/copy/big', 'lite/mc-bucket/server-side')
    expect(await mc('stat', 'lite/mc-bucket/server-side')).toMatch(/40 MiB/)
    await mc('tag', 'set', 'lite/mc-bucket/server-side', 'a=1')
    expect(await mc('tag', 'list', 'lite/mc-bucket/server-side')).toMatch(/a\s*:\s*1/)
    await mc('version', 'enable', 'lite/mc-bucket')
    await mc('rm', 'lite/mc-bucket/server-side')
    expect(await mc('ls', '--versions', 'lite/mc-bucket/server-side')).toMatch(/DEL/)
    expect(await mc('share', 'download', 'lite/mc-bucket/copy/big')).toContain('X-Amz-Signature')
    await mc('rb', '--force', 'lite/mc-bucket')
    expect(await mc('ls', 'lite')).not.toContain('mc-bucket')
  } finally {
    directory.remove()
  }
})
