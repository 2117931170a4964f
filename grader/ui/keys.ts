/** Single keys from a terminal, which is given back as it was however we end. */
import { emitKeypressEvents } from 'node:readline'

export interface Key {
  /** 'h', 'q', 'return', 'up' … */
  name: string
  ctrl: boolean
}

type Input = NodeJS.ReadStream | (NodeJS.ReadableStream & { isTTY?: boolean; isRaw?: boolean; setRawMode?(raw: boolean): unknown })

export interface KeyOptions {
  input?: Input
  /** Called on Ctrl-C; raw mode hides it from the signal handlers. Default: SIGINT to ourselves. */
  onInterrupt?: () => void
  /** Called on Ctrl-Z after the terminal was given back; default: stop like any program, raw again on SIGCONT. */
  onSuspend?: () => void
}

/**
 * Calls `onKey` for each key until the returned function is called; does nothing where the input is no TTY.
 * The terminal's mode is restored by that function, and when the process exits, crashes or is ended by SIGTERM or SIGHUP
 * (only `kill -9` cannot be caught; the shell's `stty sane` repairs that).
 * @example const stop = readKeys(key => { if (key.name === 'q') quit() })
 */
export function readKeys(onKey: (key: Key) => void, options: KeyOptions = {}): () => void {
  const input = options.input ?? process.stdin
  if (!input.isTTY || !input.setRawMode) return () => {}
  const wasRaw = input.isRaw === true
  const raw = (on: boolean): void => void input.setRawMode!(on)
  const interrupt = options.onInterrupt ?? (() => process.kill(process.pid, 'SIGINT'))
  const suspend =
    options.onSuspend ??
    (() => {
      process.once('SIGCONT', () => raw(true))
      process.kill(process.pid, 'SIGSTOP')
    })

  const onKeypress = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    if (key.ctrl && key.name === 'c') {
      interrupt()
      return
    }
    if (key.ctrl && key.name === 'z') {
      raw(wasRaw)
      suspend()
      return
    }
    onKey({ name: key.name ?? text ?? '', ctrl: key.ctrl === true })
  }
  const restore = (): void => {
    if (input.isTTY) raw(wasRaw)
  }
  // 'exit' also fires after an uncaught exception; a signal without a handler ends us without it.
  const onSignal = (signal: NodeJS.Signals): void => {
    stop()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const stop = (): void => {
    restore()
    input.off('keypress', onKeypress)
    process.off('exit', restore).off('SIGTERM', onSignal).off('SIGHUP', onSignal)
    input.pause()
  }

  emitKeypressEvents(input)
  raw(true)
  input.on('keypress', onKeypress)
  input.resume()
  process.on('exit', restore).on('SIGTERM', onSignal).on('SIGHUP', onSignal)
  return stop
}
