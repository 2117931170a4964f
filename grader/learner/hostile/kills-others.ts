// Tries to end or disturb the grader (VICTIM, its parent, everybody) with signals, and to get round what stops it.
import os, { setPriority } from 'node:os'
import processModule, { kill } from 'node:process'
import vm from 'node:vm'
import { attempt } from './attempt.ts'

const raw = process as unknown as Record<'_kill' | '_debugProcess' | '_debugEnd', (pid: number, signal?: number) => number>
const victim = Number(process.env.VICTIM)
// Signal 0 only asks whether it may: were the sandbox broken, this must not end everything on the machine that runs the test.
for (const everybody of [process.ppid, -process.ppid, -1, 0]) {
  await attempt(`kill ${everybody}`, () => process.kill(everybody, 0))
  await attempt(`named kill ${everybody}`, () => kill(everybody, 0))
  await attempt(`_kill ${everybody}`, () => raw._kill(everybody, 0))
}
await attempt('kill', () => process.kill(victim, 'SIGKILL'))
await attempt('named kill', () => kill(victim, 'SIGKILL'))
await attempt('module kill', () => processModule.kill(victim, 'SIGKILL'))
await attempt('_kill', () => raw._kill(victim, 9))
await attempt('string', () => process.kill(String(victim) as unknown as number, 'SIGKILL'))
await attempt('two-faced', () => {
  let asked = 0
  const face = () => (asked++ === 0 ? process.pid : victim)
  return process.kill({ valueOf: face, [Symbol.toPrimitive]: face } as unknown as number, 'SIGKILL')
})
await attempt('_debugProcess', () => raw._debugProcess(victim))
await attempt('_debugEnd', () => raw._debugEnd(victim))
await attempt('setPriority', () => setPriority(victim, 19))
await attempt('os.setPriority', () => os.setPriority(victim, 19))
await attempt('fake pid', () => {
  Object.defineProperty(process, 'pid', { value: victim })
  return process.kill(victim, 'SIGKILL')
})
await attempt('redefine kill', () => Object.defineProperty(process, '_kill', { value: () => 0 }))
await attempt('delete kill', () => {
  return delete (process as { kill?: unknown }).kill
})
await attempt('prototype kill', () => {
  const inherited = (Object.getPrototypeOf(process) as typeof process).kill ?? process.constructor.prototype._kill
  return inherited.call(process, victim, 'SIGKILL')
})
await attempt('tampered apply', () => {
  const stolen: unknown[] = []
  const { apply, call } = Function.prototype
  const spy = function (this: unknown, ...args: unknown[]) {
    stolen.push(this, ...args)
    return Reflect.ownKeys(this as object).length
  }
  Function.prototype.apply = spy as never
  Function.prototype.call = spy as never
  Reflect.apply = spy as never
  try {
    process.kill(process.pid, 0)
  } finally {
    Function.prototype.apply = apply
    Function.prototype.call = call
  }
  const native = stolen.find(thing => typeof thing === 'function')
  if (!native) throw new Error('nothing stolen')
  return (native as (pid: number, signal: number) => number)(victim, 9)
})
await attempt('stack frames', () => {
  const seen: unknown[] = []
  Error.prepareStackTrace = (_, frames) => frames.map(frame => seen.push(frame.getFunction(), frame.getThis()))
  try {
    process.kill(victim, 'SIGKILL')
  } catch (error) {
    void (error as Error).stack
  }
  delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace
  const native = seen.find(thing => typeof thing === 'function' && /native code/.test(String(thing)))
  if (!native) throw new Error('no function in the frames')
  return (native as (pid: number, signal: number) => number)(victim, 9)
})
await attempt('vm context', () => vm.runInNewContext('process.kill')(victim, 'SIGKILL'))
await attempt('vm constructor', () => vm.runInThisContext('this.constructor.constructor("return process")()').kill(victim, 'SIGKILL'))
console.log('DONE')
