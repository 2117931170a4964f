/** Executes a document's commands in bash, in a copy of the files that nothing else uses. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { RUN_MARK } from '../../process/marked.ts'
import type { Ended, Execute } from './replay.ts'

export interface ShellOptions {
  /** Where commands begin: a copy made for this. `cd` holds on until the next `cd`. */
  dir: string
  /** A folder for the shell's own state, not inside of `dir`. */
  scratch: string
  /** Added to PATH, HOME (= dir), LANG and TMPDIR (= scratch), which is all that commands are told of our environment. */
  env?: Record<string, string>
  /** Marks the processes as the run's, so that they end with it. */
  runId?: string
  /** Bytes of output after which a command is ended; default 1 MiB. */
  outputBytes?: number
}

/** Per command: CPU seconds, largest file (KiB), open files. */
const LIMITS = 'ulimit -t 120 -f 524288 -n 1024'

/**
 * A shell that remembers working directory and exported variables from command to command, like a reader's. Each command is a process group of its
 * own, ended at its time or output limit, and when it has ended whatever it left in the background is ended too.
 * It limits, but it does not confine: commands that learners wrote for containers belong into `composeCommands`.
 */
export function cleanShell({ dir, scratch, env = {}, runId, outputBytes = 1 << 20 }: ShellOptions): Execute {
  mkdirSync(scratch, { recursive: true })
  const state = join(scratch, 'shell-state')
  const around = (text: string) =>
    [
      LIMITS,
      `[ -f "$MILLRACE_STATE" ] && . "$MILLRACE_STATE"`,
      `trap 'code=$?; { export -p; printf "cd %q\\n" "$PWD"; } >"$MILLRACE_STATE"; exit $code' EXIT`,
      text,
    ].join('\n')
  return ({ text }, within) =>
    new Promise<Ended>((resolve, reject) => {
      const child = spawn('bash', ['-c', around(text)], {
        cwd: dir,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'] ?? '/usr/bin:/bin',
          LANG: 'C.UTF-8',
          HOME: dir,
          TMPDIR: scratch,
          MILLRACE_STATE: state,
          ...(runId ? { [RUN_MARK]: runId } : {}),
          ...env,
        },
      })
      let output = ''
      let ended = false
      const endGroup = () => {
        try {
          process.kill(-child.pid!, 'SIGKILL')
        } catch {
          // Nothing of it is left.
        }
      }
      const stop = (why: string) => {
        if (ended) return
        ended = true
        output += `\n(${why})`
        endGroup()
      }
      const timer = setTimeout(() => stop(`ended by the grader after ${within / 1000} s`), within)
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          if (!ended) output += chunk
          if (output.length > outputBytes) stop(`ended by the grader after ${outputBytes} bytes of output`)
        })
      child.once('error', error => {
        clearTimeout(timer)
        reject(error)
      })
      // What runs on in the background keeps the pipes open: the shell's end is the command's end.
      child.once('exit', code => {
        clearTimeout(timer)
        endGroup()
        child.once('close', () => resolve({ code: ended ? -1 : (code ?? -1), output }))
      })
    })
}
