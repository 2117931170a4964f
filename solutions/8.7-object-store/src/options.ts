import { resolve } from 'node:path'
import type { User } from './auth/users.ts'
import type { FileSystem } from './storage/file-system.ts'

/** How a store is started. */
export interface ObjectStoreOptions {
  /** Where everything is kept. One store a directory. */
  readonly dataDir: string
  /** 0 (the default) asks the operating system. */
  readonly port?: number
  readonly host?: string
  /** The only region that requests may be signed for. Without it any will do, as with MinIO. */
  readonly region?: string | undefined
  readonly accessKey: string
  readonly secretKey: string
  /** Further users, each confined to the buckets whose names begin with `bucketPrefix`. */
  readonly users?: readonly Omit<User, 'root'>[]
  /** Domains below which `bucket.<domain>` addresses a bucket. */
  readonly domains?: readonly string[]
  /** Seconds between two rounds of the orphan collector; 0 switches it off. */
  readonly collectSeconds?: number
  /** Seconds between two rounds of the scrubber; 0 (the default) switches it off. */
  readonly scrubSeconds?: number
  readonly log?: (message: string) => void
  /** For tests: another file system, another clock. */
  readonly fileSystem?: FileSystem
  readonly now?: () => number
}

/** Bad configuration: says which variable, and what it should be. */
export class ConfigurationError extends Error {}

/** Reads the options from environment variables; see NOTES.md for the table. Throws `ConfigurationError`. */
export function optionsFromEnvironment(env: NodeJS.ProcessEnv): ObjectStoreOptions {
  const required = (name: string): string => env[name] || fail(name, 'must be set')
  return {
    dataDir: resolve(required('DATA_DIR')),
    port: whole(env, 'PORT', 0, 65_535),
    host: env['HOST'] || '127.0.0.1',
    region: env['REGION'] || undefined,
    accessKey: required('ACCESS_KEY'),
    secretKey: required('SECRET_KEY'),
    users: parseUsers(env['USERS']),
    domains: (env['DOMAINS'] ?? 'localhost').split(',').filter(domain => domain !== ''),
    collectSeconds: whole(env, 'COLLECT_SECONDS', 60, 1_000_000),
    scrubSeconds: whole(env, 'SCRUB_SECONDS', 0, 1_000_000),
  }
}

function whole(env: NodeJS.ProcessEnv, name: string, otherwise: number, max: number): number {
  const text = env[name] || String(otherwise)
  if (!/^\d{1,7}$/.test(text) || Number(text) > max) fail(name, `must be a whole number from 0 to ${max}, not '${text}'`)
  return Number(text)
}

function parseUsers(text: string | undefined): Omit<User, 'root'>[] {
  if (!text) return []
  const shape = 'must be JSON: [{"accessKey": "…", "secretKey": "…", "bucketPrefix": "run-17-"}]'
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    fail('USERS', shape)
  }
  if (!Array.isArray(list)) fail('USERS', shape)
  return list.map(user => {
    const { accessKey, secretKey, bucketPrefix } = (user ?? {}) as Record<string, unknown>
    if (typeof accessKey !== 'string' || typeof secretKey !== 'string' || typeof bucketPrefix !== 'string' || bucketPrefix === '')
      fail('USERS', shape)
    return { accessKey, secretKey, bucketPrefix }
  })
}

function fail(name: string, what: string): never {
  throw new ConfigurationError(`${name} ${what}.`)
}
