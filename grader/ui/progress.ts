/** A line that says what is being waited for. */
import { type Terminal, terminalOf } from './terminal.ts'
import { truncate } from './text.ts'

/** Milliseconds. Nothing is shown before `quietFor`: most runs are over by then. */
const TIMES = { quietFor: 2_000, redraw: 100, plainLine: 5_000 }
const FRAMES = { unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], ascii: ['|', '/', '-', '\\'] }

export interface Progress {
  /** What is going on now. Cheap: only timers draw. */
  update(text: string): void
  /** Removes the line. Safe to call twice. */
  stop(): void
}

export interface ProgressOptions {
  quiet?: boolean
  terminal?: Terminal
  /** Default: stderr, so that stdout stays clean for results. */
  out?: { write(text: string): unknown }
  times?: Partial<typeof TIMES>
}

/**
 * On a TTY one line, redrawn at most ten times a second, with the seconds so far; elsewhere a line every five seconds when something changed.
 * Its timer does not keep the process alive.
 * @example const progress = startProgress(); progress.update('starting valkey'); …; progress.stop()
 */
export function startProgress(options: ProgressOptions = {}): Progress {
  if (options.quiet) return { update() {}, stop() {} }
  const terminal = options.terminal ?? terminalOf(process.stderr)
  const out = options.out ?? process.stderr
  const times = { ...TIMES, ...options.times }
  const began = performance.now()
  let text = ''
  let printed = ''
  let frame = 0
  let drawn = false

  const elapsed = (): string => `${Math.floor((performance.now() - began) / 1000)} s`
  const redraw = (): void => {
    if (performance.now() - began < times.quietFor || text === '') return
    const frames = terminal.unicode ? FRAMES.unicode : FRAMES.ascii
    const mark = frames[frame++ % frames.length]!
    const line = truncate(`${terminal.text(text)} (${elapsed()})`, terminal.width - 3, terminal.sym.ellipsis)
    out.write(`\r\x1b[K${terminal.c.cyan(mark)} ${line}`)
    drawn = true
  }
  const appendLine = (): void => {
    if (performance.now() - began < times.quietFor || text === printed) return
    printed = text
    out.write(`${terminal.sym.ellipsis} ${terminal.text(text)} (${elapsed()})\n`)
  }

  const timers = terminal.tty
    ? [setInterval(redraw, times.redraw)]
    : [setTimeout(appendLine, times.quietFor + 1), setInterval(appendLine, times.plainLine)]
  for (const timer of timers) timer.unref()
  return {
    update(next) {
      text = next.replaceAll('\n', ' ')
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
      if (drawn) out.write('\r\x1b[K')
      drawn = false
    },
  }
}
