/** The limits of a learner's program: their defaults, and the shell that sets them before it becomes the program. */
import { readFileSync } from 'node:fs'
import type { Limits } from './types.ts'

export const DEFAULT_LIMITS: Limits = { memoryMb: 256, cpuSeconds: 60, openFiles: 512, outputBytes: 4 * 1024 * 1024 }

/** Bytes of one file a program writes; and of everything in its scratch folder. */
export const FILE_BYTES = 128 * 1024 * 1024
export const SCRATCH_BYTES = 256 * 1024 * 1024
/** Threads of all programs of one learner together, where they have a user id of their own. */
export const MAX_THREADS = 1024

/** What Node itself needs besides heap and buffers (stacks, code, ICU): measured 45–60 MB with ioredis, pg and kafkajs loaded. */
const RUNTIME_MB = 72
/**
 * V8's young generation (three semi-spaces of 16 MB) and room to move objects: --max-old-space-size does not count them. With less, the
 * system refuses V8 a page before its heap limit is reached, and it may try again for seconds; measured with 0, 32, 64 and 96.
 */
const YOUNG_MB = 64

let codeRangeMb: number | undefined

/**
 * Megabytes that V8 maps for machine code at start, writable and so counted by RLIMIT_DATA although hardly any is used: 512 on x64.
 * Read from the grader's own process, which runs the same binary; 0 where there is no /proc.
 */
export const v8CodeRangeMb = (): number => {
  if (codeRangeMb !== undefined) return codeRangeMb
  codeRangeMb = 0
  try {
    for (const [, from, to] of readFileSync('/proc/self/maps', 'utf8').matchAll(/^([0-9a-f]+)-([0-9a-f]+) rwxp/gm)) {
      codeRangeMb += (Number.parseInt(to!, 16) - Number.parseInt(from!, 16)) / 2 ** 20
    }
  } catch {
    // macOS: no /proc, and RLIMIT_DATA is not enforced there either
  }
  return (codeRangeMb = Math.ceil(codeRangeMb))
}

/** Kilobytes for `ulimit -d`, so that the program itself has about `memoryMb` for heap and buffers. */
export const dataLimitKb = (memoryMb: number): number => (memoryMb + RUNTIME_MB + YOUNG_MB + v8CodeRangeMb()) * 1024

/**
 * The script of the shell that becomes the program. It waits on `read` until the warden knows its pid; end-of-file means that the
 * grader died first. A limit that a platform refuses is skipped here and named by `unenforcedLimits`.
 * CPU: the soft limit sends SIGXCPU, the hard one two seconds later SIGKILL for a program that catches it. dash counts -f in 512 bytes,
 * as POSIX says; processes are -u in most shells and -p in dash.
 */
export const launchScript = (limits: Limits, { ownUser, dataLimit }: { ownUser: boolean; dataLimit: boolean }): string => {
  const set = (flags: string) => `ulimit ${flags} 2>/dev/null`
  return [
    'read -r _ || exit 0',
    'umask 022',
    set('-c 0'),
    set(`-f ${FILE_BYTES / 512}`),
    set(`-n ${limits.openFiles}`),
    set(`-S -t ${limits.cpuSeconds}`),
    set(`-H -t ${limits.cpuSeconds + 2}`),
    ...(ownUser ? [`${set(`-u ${MAX_THREADS}`)} || ${set(`-p ${MAX_THREADS}`)}`] : []),
    ...(dataLimit ? [set(`-d ${dataLimitKb(limits.memoryMb)}`)] : []),
    'exec "$@"',
  ].join('\n')
}
