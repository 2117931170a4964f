// Tries to leave children behind, which would outlive its end.
import { exec, execFileSync, fork, spawn, spawnSync } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { run } from 'node:test'
import { Worker } from 'node:worker_threads'
import { attempt } from './attempt.ts'

const child = ['-c', 'sleep 1000'] as const
await attempt('spawn', () => spawn('/bin/sh', child, { detached: true, stdio: 'ignore' }).pid)
await attempt('spawnSync', () => spawnSync('/bin/true').status === 0 || assert())
await attempt('exec', () => exec('sleep 1000').pid)
await attempt('execFileSync', () => execFileSync('/bin/echo', ['hello']))
await attempt('fork', () => fork(import.meta.filename, { execArgv: [] }).pid)
await attempt('cluster', () => cluster.fork().process.pid)
await attempt('worker', () => new Worker('require("node:fs").readFileSync("/etc/passwd")', { eval: true }).threadId)
await attempt('test runner', async () => {
  const events = run({ files: [import.meta.filename] })
  // Its own timer keeps the program alive until then.
  setTimeout(() => events.destroy(new Error('no test passed')), 500)
  const [event] = await once(events, 'test:pass')
  return event
})
const replace = process as unknown as { execve?: (file: string, args: string[]) => void }
await attempt('execve', () => replace.execve!('/bin/sleep', ['sleep', '1000']))
function assert(): never {
  throw new Error('no')
}
