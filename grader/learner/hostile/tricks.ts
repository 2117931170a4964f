// Tries doors that lead past the permission model: internals, the inspector, add-ons, V8 flags, UNIX sockets (SOCKET).
import crypto from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import Module, { createRequire } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import v8, { setFlagsFromString } from 'node:v8'
import { attempt } from './attempt.ts'

const require = createRequire(import.meta.url)
const raw = process as unknown as {
  binding(name: string): unknown
  _linkedBinding(name: string): unknown
  setuid(id: number): void
  permission: object
}
for (const name of ['process_methods', 'fs', 'natives', 'spawn_sync', 'pipe_wrap', 'util', 'config'])
  await attempt(`binding ${name}`, () => raw.binding(name))
await attempt('_linkedBinding', () => raw._linkedBinding('any'))
await attempt('internal module', () => require('internal/process/permission'))
await attempt('internal by Module', () => (Module as unknown as { _load(name: string): unknown })._load('internal/bootstrap/realm'))
for (const name of ['inspector', 'inspector/promises']) {
  await attempt(`${name} open`, () => require(`node:${name}`).open(0))
  await attempt(`${name} session`, () => new (require(`node:${name}`).Session)().connect())
}
await attempt('sqlite', () => process.getBuiltinModule('node:sqlite')!.DatabaseSync)
await attempt('sqlite by import', () => import('node:sqlite'))
await attempt('wasi', () => new (require('node:wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } }))
await attempt('dlopen', () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'))
await attempt('require an add-on', () => require(`${process.env.TMPDIR}/x.node`))
await attempt('OpenSSL engine', () => (crypto as unknown as { setEngine(id: string): void }).setEngine('/tmp/engine.so'))
await attempt('V8 flags', () => v8.setFlagsFromString('--allow-natives-syntax'))
await attempt('V8 flags by name', () => setFlagsFromString('--allow-natives-syntax'))
await attempt('heap snapshot file', () => v8.writeHeapSnapshot('/tmp/millrace-hostile.heapsnapshot'))
await attempt('module hooks thread', () => Module.register('data:text/javascript,export{}', import.meta.url))
await attempt('give itself permission', () => {
  Object.assign(raw.permission, { has: () => true })
  return require('node:fs').readFileSync('/etc/passwd', 'utf8')
})
const path = process.env.SOCKET!
const reach = async (socket: net.Socket | http.ClientRequest) => {
  await once(socket, socket instanceof net.Socket ? 'connect' : 'response')
  return 'connected'
}
await attempt('UNIX socket', () => reach(net.connect(path)))
await attempt('UNIX socket by options', () => reach(net.createConnection({ path })))
await attempt('UNIX socket by getter', () => {
  let asked = 0
  return reach(
    net.connect({
      port: 1,
      get path() {
        return asked++ === 0 ? undefined! : path
      },
    } as net.NetConnectOpts),
  )
})
await attempt('UNIX socket by HTTP', () => reach(http.get({ socketPath: path, path: '/containers/json' })))
await attempt('UNIX socket by TLS', () => reach(tls.connect({ path })))
await attempt('UNIX socket server', () => once(net.createServer().listen(`${process.env.TMPDIR}/s`), 'listening'))
await attempt('pipe handle of stdout', () => {
  const handle = (
    process.stdout as unknown as { _handle: { constructor: new (kind: number) => { connect(request: object, path: string): number } } }
  )._handle
  const pipe = new handle.constructor(0)
  const result = pipe.connect({}, path)
  if (result !== 0) throw new Error(String(result))
  return 'connected'
})
console.log('DONE')
process.exit(0)
