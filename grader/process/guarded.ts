import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Warden } from './warden.ts'

/**
 * Starts a program that cannot outlive its warden: a shell waits on its standard input until the warden knows its pid, then becomes the
 * program. If this process dies in between, the shell reads end-of-file and exits. The program leads a process group of its own; its
 * standard input is an open pipe (`child.stdin`).
 */
export function spawnGuarded(
  guard: Warden,
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'detached' | 'stdio'> & {
    stdout?: 'pipe' | 'ignore' | number
    stderr?: 'pipe' | 'ignore' | number
    signal?: never
  },
  endWith?: 'QUIT' | 'TERM' | 'INT',
): ChildProcess {
  const { stdout = 'pipe', stderr = 'pipe', ...rest } = options
  const child = spawn('sh', ['-c', 'read -r go && exec "$0" "$@"', command, ...args], {
    ...rest,
    detached: true,
    stdio: ['pipe', stdout, stderr],
  })
  child.stdin?.on('error', () => {}) // It ended before it began; its exit says so.
  if (child.pid) {
    const pid = child.pid
    try {
      guard.add(pid, endWith)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
    child.once('exit', () => guard.drop(pid))
    child.stdin?.write('go\n')
  }
  return child
}
