import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Key, readKeys } from './keys.ts'

class FakeTty extends PassThrough {
  isTTY = true
  isRaw = false
  modes: boolean[] = []
  setRawMode(raw: boolean): this {
    this.isRaw = raw
    this.modes.push(raw)
    return this
  }
}

const type = async (tty: FakeTty, text: string) => {
  tty.write(text)
  await new Promise(resolve => setImmediate(resolve))
}

describe('keys', () => {
  it('reads single keys and gives the terminal back', async () => {
    const tty = new FakeTty()
    const seen: Key[] = []
    const handlers = () => ['exit', 'SIGTERM', 'SIGHUP'].map(name => process.listenerCount(name))
    const before = handlers()
    const stop = readKeys(key => seen.push(key), { input: tty })
    await type(tty, 'hQ\r')
    await type(tty, '\u001b[A')
    expect(seen.map(key => key.name)).toEqual(['h', 'q', 'return', 'up'])
    stop()
    expect(tty.modes).toEqual([true, false])
    await type(tty, 'x')
    expect(seen).toHaveLength(4)
    expect(handlers()).toEqual(before)
  })

  it('hands Ctrl-C and Ctrl-Z on', async () => {
    const tty = new FakeTty()
    const seen: string[] = []
    const stop = readKeys(key => seen.push(key.name), {
      input: tty,
      onInterrupt: () => seen.push('interrupt'),
      onSuspend: () => seen.push(`suspend raw=${tty.isRaw}`),
    })
    await type(tty, '\u0003')
    await type(tty, '\u001a')
    expect(seen).toEqual(['interrupt', 'suspend raw=false'])
    stop()
  })

  it('does nothing where there is no terminal', () => {
    expect(() => readKeys(() => {}, { input: new PassThrough() })()).not.toThrow()
  })

  // In a process of its own: how it ends must not matter.
  it.each([
    ['a plain exit', 'process.exit(0)'],
    ['an uncaught exception', 'throw new Error("crash")'],
    ['SIGTERM', 'process.kill(process.pid, "SIGTERM")'],
    ['SIGHUP', 'process.kill(process.pid, "SIGHUP")'],
    ['an unhandled rejection', 'Promise.reject(new Error("late"))'],
  ])('gives the terminal back after %s', async (_, end) => {
    const keys = fileURLToPath(new URL('keys.ts', import.meta.url))
    const script = `
      const { PassThrough } = await import('node:stream')
      const { writeSync } = await import('node:fs')
      const { readKeys } = await import(${JSON.stringify(keys)})
      const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode(raw) { writeSync(1, 'raw=' + raw + ' ') } })
      readKeys(() => {}, { input })
      setTimeout(() => { ${end} }, 10)
      setTimeout(() => {}, 20_000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    let out = ''
    child.stdout.on('data', data => {
      out += data
    })
    await once(child, 'close')
    expect(out.trim()).toBe('raw=true raw=false')
  })
})
