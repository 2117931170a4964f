/** Refusals of the operating system, which are neither the learner's nor our fault. */
import { CodedError } from './coded-error.ts'

const REFUSALS: Record<string, { reason: string; hint: string }> = {
  ENOSPC: { reason: 'no space is left on the disk', hint: 'Free some space; `.millrace/` of this repository may be deleted.' },
  EDQUOT: { reason: 'your disk quota is used up', hint: 'Free some space; `.millrace/` of this repository may be deleted.' },
  EACCES: { reason: 'permission denied', hint: 'Make the file or folder yours (chown), or move the clone to a folder that is.' },
  EPERM: { reason: 'not permitted', hint: 'Run it as the user who owns the clone.' },
  EROFS: { reason: 'the file system is read-only', hint: 'Move the clone to a disk that can be written.' },
  EMFILE: { reason: 'too many files are open', hint: 'Raise the limit: `ulimit -n 4096`.' },
  ENFILE: { reason: 'too many files are open on the whole machine', hint: 'Close some programs.' },
  ENOMEM: { reason: 'no memory is left', hint: 'Close some programs; the course needs about 1 GB free.' },
  EAGAIN: { reason: 'no further process can be started', hint: 'Close some programs, or raise the limit: `ulimit -u`.' },
  EADDRNOTAVAIL: { reason: 'the loopback address 127.0.0.1 is not available', hint: 'Bring the loopback interface up.' },
}

/** MR-E-060 for an error of node:fs, node:net or node:child_process that means "this machine will not"; null for any other. */
export function asMachineError(thrown: unknown): CodedError | null {
  if (!(thrown instanceof Error)) return null
  const { code, syscall, path } = thrown as NodeJS.ErrnoException
  const refusal = code === undefined || syscall === undefined ? undefined : REFUSALS[code]
  if (!refusal) return null
  return new CodedError('MR-E-060', { what: path ? `${syscall} ${path}` : syscall!, errno: code, ...refusal }, { cause: thrown })
}
