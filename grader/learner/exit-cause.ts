/** Why a program ended, in the learner's words. */
import type { ErrorCode } from '../errors/table.ts'
import type { Limits, LogLine } from './types.ts'

/** A limit that ended a program. */
export interface LimitHit {
  code: ErrorCode
  sentence: string
}

const OUT_OF_MEMORY =
  /heap out of memory|Fatal process out of memory|Array buffer allocation failed|Failed to allocate memory|Cannot allocate memory|ENOMEM|std::bad_alloc|Zone Allocation failed/

/** The memory limit, in megabytes. */
export const memoryHit = (mb: number): LimitHit => ({
  code: 'MR-E-072',
  sentence: `it needed more than the ${mb} MB of memory that this program may use`,
})
/** The CPU limit, in seconds. */
export const cpuHit = (seconds: number): LimitHit => ({ code: 'MR-E-073', sentence: `it used up its ${seconds} s of CPU time` })
/** The limit of stdout and stderr together, in bytes. */
export const outputHit = (bytes: number): LimitHit => ({
  code: 'MR-E-074',
  sentence: `it printed more than ${bytes >= 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MB` : `${bytes} bytes`}`,
})
/** The limit of a scratch folder, in bytes. */
export const scratchHit = (bytes: number): LimitHit => ({
  code: 'MR-E-080',
  sentence: `it wrote more than ${Math.round(bytes / 2 ** 20)} MB to disk`,
})

/**
 * The limit behind an exit that the grader did not cause, if any.
 * @param cpuSeconds CPU the program was last seen to have used, where known
 */
export const limitBehind = (
  code: number | null,
  signal: NodeJS.Signals | null,
  logs: readonly LogLine[],
  limits: Limits,
  cpuSeconds: number | undefined,
): LimitHit | undefined => {
  if (code === 0) return
  if (signal === 'SIGXCPU') return cpuHit(limits.cpuSeconds)
  if (signal === 'SIGKILL' && cpuSeconds !== undefined && cpuSeconds >= limits.cpuSeconds) return cpuHit(limits.cpuSeconds)
  const printed = logs.slice(-60).some(line => line.stream === 'stderr' && OUT_OF_MEMORY.test(line.text))
  if (printed) return memoryHit(limits.memoryMb)
  // Node cannot print anything when not even a thread's stack or the loader's table fits.
  if (signal === 'SIGKILL')
    return { code: 'MR-E-072', sentence: 'the system ended it with SIGKILL, as it does when the machine is out of memory' }
  return
}

/** "exited with code 1", "ended by SIGSEGV". */
export const exitWords = (exit: { code: number | null; signal: NodeJS.Signals | null }): string =>
  exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`
