import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'

const PROGRAM = new URL('../../../8.7-object-store/src/server.ts', import.meta.url).pathname
const ACCESS = { accessKeyId: 'millraceroot', secretAccessKey: 'millrace-root-secret' }

/** The object store of lab 8.7, as a program of its own, with one bucket `lake`. */
export interface S3Lite {
  readonly url: string
  client(): S3Client
  /** What object_store, the client inside delta-rs, is told. */
  readonly peerOptions: Record<string, string>
  stop(): Promise<void>
}

/** Starts it in a fresh directory. Rejects with what it said where it does not get ready. */
export async function startS3Lite(): Promise<S3Lite> {
  const directory = mkdtempSync(join(tmpdir(), 'delta-s3-'))
  mkdirSync(join(directory, 'data'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: join(directory, 'data'),
    ACCESS_KEY: ACCESS.accessKeyId,
    SECRET_KEY: ACCESS.secretAccessKey,
    PORT: '0',
  }
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const url = `http://127.0.0.1:${await ready(child)}`
  const client = () => s3Client(url)
  const setup = client()
  await setup.send(new CreateBucketCommand({ Bucket: 'lake' }))
  setup.destroy()
  return {
    url,
    client,
    peerOptions: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: ACCESS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ACCESS.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_ALLOW_HTTP: 'true',
      AWS_CONDITIONAL_PUT: 'etag',
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A client for a server on loopback. */
export const s3Client = (endpoint: string): S3Client =>
  new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: ACCESS })

/** Waits for the line READY {"port": …}. */
async function ready(child: ChildProcess): Promise<number> {
  let errors = ''
  child.stderr!.on('data', data => (errors += data))
  return await new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the object store ended with ${code}: ${errors}`)))
    child.stdout!.once('data', data => resolve((JSON.parse(/^READY (.*)$/m.exec(String(data))![1]!) as { port: number }).port))
  })
}
