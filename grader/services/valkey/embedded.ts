import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../../errors/coded-error.ts'
import type { EmbeddedService } from '../embedded.ts'
import { startHost } from '../host-process.ts'

const script = fileURLToPath(new URL('host.ts', import.meta.url))

/** Limits against a program that fills memory: the server refuses (OOM) or drops the connection instead of growing. */
const LIMITS = [
  ['maxmemory', '512mb'],
  ['maxmemory-policy', 'noeviction'],
  ['client-query-buffer-limit', '64mb'],
  ['client-output-buffer-limit', 'normal 256mb 128mb 10 replica 256mb 64mb 60 pubsub 64mb 32mb 10'],
  ['maxmemory-clients', '256mb'],
  ['maxclients', '2000'],
].map(([name = '', value = '']) => ['CONFIG', 'SET', name, value])

/** Real Valkey in WebAssembly, in a host process of its own whose clock is steered. */
export const valkey: EmbeddedService = {
  user: 'default',
  startWithin: 15_000,
  async start(ctx) {
    mkdirSync(ctx.dir, { recursive: true, mode: 0o700 })
    const host = startHost(script, ctx)
    const setup = [['ACL', 'SETUSER', ctx.user, 'on', 'resetpass', `>${ctx.password}`, '~*', '&*', '+@all'], ...LIMITS, ...ctx.setup]
    const boot = { port: ctx.port, dir: ctx.dir, setup, frozenAt: ctx.state.frozenAt }
    const { port, version } = await host.ask<{ port: number; version: string }>('boot', boot, this.startWithin).catch(error => {
      host.kill('SIGKILL')
      if (error.code === 'EADDRINUSE') throw new CodedError('MR-E-040', { service: 'valkey', port: ctx.port })
      throw error
    })
    return {
      pid: host.pid,
      port,
      version,
      exited: host.exited,
      async request(op, args) {
        const answer = await host.ask<{ now: string; frozen: boolean }>(op, args)
        if (op === 'clock') ctx.state.frozenAt = answer.frozen ? answer.now : undefined
        return answer
      },
    }
  },
  ping: ({ port, user, password }) =>
    new Promise(resolve => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${user} ${password}\r\nPING\r\n`))
      let seen = ''
      socket.on('data', data => {
        seen += data
        if (seen.includes('+PONG')) socket.end()
        else if (seen.includes('-')) socket.destroy()
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(seen.includes('+PONG')))
    }),
}
