/** Ways to tell that a program is ready. Each asks a few hundred times a second at most; none changes the program. */
import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { listensOn } from './listens.ts'
import type { StartOptions } from './types.ts'

export type Ready = NonNullable<StartOptions['ready']>

/** Milliseconds between two looks. */
const EVERY = 4
/** Milliseconds for one HTTP answer before the next try. */
const HTTP_PATIENCE = 2000

/** Whether something accepts TCP connections on 127.0.0.1:port now. */
export const accepts = (port: number, signal?: AbortSignal): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port, ...(signal ? { signal } : {}) })
    const done = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket.once('connect', () => done(true))
    socket.on('error', () => done(false))
  })

const answers = (port: number, path: string, signal: AbortSignal): Promise<string> =>
  new Promise(resolve => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, signal, timeout: HTTP_PATIENCE }, response => {
      response.on('error', () => {}).resume()
      setTimeout(() => response.destroy(), HTTP_PATIENCE).unref() // a body without end
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 300 ? '' : `answered ${status}`)
    })
    request.on('timeout', () => request.destroy(new Error('did not answer')))
    request.on('error', error => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused the connection' : error.message))
  })

/** What is awaited, in the learner's words. `~` marks the port as varying. */
export const awaited = (ready: Ready, port: number): string => {
  if (ready.kind === 'http') return `it answers GET ${ready.path} with 2xx on port ~${port} of 127.0.0.1 (its PORT)`
  if (ready.kind === 'log') return `it prints a line that matches ${ready.match}`
  return `it accepts connections on port ~${port} of 127.0.0.1 (its PORT)`
}

/**
 * Resolves when ready; pends otherwise, until aborted. `onLast` is told what the latest look saw.
 * Somebody else's answer on its port does not count, where the platform tells whose a port is. Log readiness is for the caller,
 * who has the lines.
 */
export const untilReady = async (
  ready: Ready,
  { pid, port }: { pid: number; port: number },
  signal: AbortSignal,
  onLast: (saw: string) => void,
): Promise<void> => {
  const look = async (): Promise<string> => {
    if (ready.kind === 'http') return answers(port, ready.path, signal)
    return (await accepts(port, signal)) ? '' : 'refused the connection'
  }
  while (!signal.aborted) {
    const saw = await look()
    const foreign = saw === '' && listensOn(pid, port) === false
    if (saw === '' && !foreign) return
    // Its own end is not what was seen last.
    if (signal.aborted) return
    onLast(foreign ? 'does not listen there: another program does' : saw)
    await delay(EVERY)
  }
}
