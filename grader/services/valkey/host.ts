/**
 * The process that Valkey runs in. Its first request is `boot`; `clock` steers what the server believes the time is; `run` executes a
 * command as administrator; `save` writes the data to `dir`, from where the next boot loads it. It ends when its standard input closes.
 */
import { type Args, serveHost } from '../host-side.ts'
import { SteeredClock } from './clock.ts'
import { InnerClient } from './inner-client.ts'
import { SteeredValkey } from './steered-valkey.ts'

const clock = new SteeredClock()
let server: SteeredValkey
let inner: InnerClient

/** `{ port, dir, setup: string[][], frozenAt? }` → `{ port, version }`. Port 0 takes any. */
async function boot(args: Args): Promise<{ port: number; version: string }> {
  const { port, dir, setup, frozenAt } = args as { port: number; dir: string; setup: string[][]; frozenAt?: string }
  if (frozenAt) clock.freeze(BigInt(frozenAt))
  server = new SteeredValkey(clock, dir, error => {
    console.error('Valkey has crashed:', error)
    process.exit(70)
  })
  const bound = await server.bind(port)
  await server.boot()
  inner = new InnerClient(server)
  for (const command of setup) inner.run(...command)
  const version = /valkey_version:(\S+)/.exec(inner.run('INFO', 'server'))?.[1] ?? 'unknown'
  server.open()
  return { port: bound, version: `Valkey ${version} (WebAssembly)` }
}

/** `{ do: freeze | set | advance | release | now, micros? }` → `{ now, frozen }`; the server has followed when it answers. */
function steer(args: Args): { now: string; frozen: boolean } {
  const micros = args.micros === undefined ? undefined : BigInt(String(args.micros))
  if (args.do === 'freeze') clock.freeze(micros)
  else if (args.do === 'set') clock.freeze(micros ?? clock.now())
  else if (args.do === 'advance') clock.advance(micros ?? 0n)
  else if (args.do === 'release') clock.release()
  if (args.do !== 'now') server.settle()
  return { now: String(clock.now()), frozen: clock.frozen }
}

serveHost({
  boot,
  clock: steer,
  run: args => (args.commands as string[][]).map(command => inner.run(...command)),
  save: () => inner.run('SAVE'),
})
