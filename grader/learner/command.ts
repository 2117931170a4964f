/** The command line and environment of a learner's program. */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Limits } from './types.ts'

/** Runs before the program's own code: what it withholds is in its header. */
export const GUARD = realpathSync(fileURLToPath(new URL('./guard.cjs', import.meta.url)))

export interface Sandbox {
  /** Folders the program may read; its entry's folder is among them. */
  read: string[]
  /** Folders it may read and write. */
  write: string[]
}

/**
 * Arguments for the node binary. Denied by `--permission`: other files, child processes, worker threads (they would not inherit the
 * permissions), native add-ons, WASI, the inspector. `node:sqlite` is off because it opens any file past the permission model. Not
 * denied by anything here: connecting to the network; services have credentials for that.
 * Flags that enter V8's flag hash (--stack-trace-limit, --liftoff-only …) cost 15–40 ms: its code cache is then not used.
 */
export const nodeArguments = (sandbox: Sandbox, limits: Limits): string[] => [
  '--permission',
  ...[...sandbox.read, ...sandbox.write, GUARD].map(path => `--allow-fs-read=${path}`),
  ...sandbox.write.map(path => `--allow-fs-write=${path}`),
  '--no-experimental-sqlite',
  '--disable-sigusr1',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
  `--max-old-space-size=${limits.memoryMb}`,
  `--require=${GUARD}`,
]

/** Variables that steer Node or the dynamic linker before the sandbox holds; a KPI has no business with them. */
const STEERING = /^(NODE_(?!ENV$)|LD_|DYLD_|UV_|OPENSSL_|SSL_)/

/**
 * The whole environment of a program: nothing of the grader's own comes through.
 * @throws when `extra` holds a variable that steers Node or the linker: a defect of the KPI
 */
export const environment = (options: {
  home: string
  runId: string
  port?: number
  extra?: Record<string, string>
}): Record<string, string> => {
  for (const name of Object.keys(options.extra ?? {})) {
    if (STEERING.test(name)) throw new Error(`a KPI may not set ${name} for a learner's program`)
  }
  return {
    PATH: '/usr/bin:/bin',
    HOME: options.home,
    TMPDIR: options.home,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    MILLRACE_RUN: options.runId,
    ...(options.port === undefined ? {} : { PORT: String(options.port) }),
    ...options.extra,
  }
}
