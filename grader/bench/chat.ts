import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { findLab } from '../course/labs.ts'
import { layWorkspace } from '../course/workspace.ts'
import { startEmbedded } from '../engines/embedded/index.ts'
import { type Comparison, compare, median } from '../experiments/compare.ts'
import { freePort } from '../process/ports.ts'
import { openRunDir } from '../process/run.ts'
import { openValkey } from '../services/valkey/fixture.ts'
import type { Bench, BenchRow } from './types.ts'

const [MEMBERS, SENDERS, WINDOW, BODY] = [20, 2, 64, 100]
const SECRET = 'bench'

interface Server {
  child: ChildProcess
  port: number
}

const frameOf = (value: object): Buffer => {
  const body = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** A client that only counts frames: what it costs must not hide what the server costs. */
class Counter {
  readonly socket: Socket
  frames = 0
  private goal = 0
  private reached = () => {}
  private skip = 0
  private head: number[] = []

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('error', () => {})
    this.socket.on('data', chunk => this.count(chunk))
  }

  say(value: object): void {
    this.socket.write(frameOf(value))
  }

  /** Resolves when so many frames have come since the connection opened. */
  until(frames: number): Promise<void> {
    return new Promise(resolve => {
      this.goal = frames
      this.reached = resolve
      if (this.frames >= frames) resolve()
    })
  }

  private count(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const step = Math.min(this.skip, chunk.length - at)
      this.skip -= step
      at += step
      if (this.skip > 0 || at === chunk.length) break
      this.head.push(chunk[at++]!)
      if (this.head.length < 4) continue
      this.skip = Buffer.from(this.head).readUInt32BE()
      this.head = []
      this.frames++
    }
    if (this.frames >= this.goal) this.reached()
  }
}

async function opened(port: number, user: string, room?: string): Promise<Counter> {
  const client = new Counter(port)
  client.say({ t: 'hello', versions: [1], token: `${user}.${createHmac('sha256', SECRET).update(user).digest('hex')}` })
  await client.until(1)
  if (room !== undefined) {
    client.say({ t: 'join', room })
    await client.until(2)
  }
  return client
}

/** Messages a second that reach members, each message `MEMBERS` times. */
async function throughput({ port }: Server, messages: number): Promise<number> {
  const room = `bench-${Math.random().toString(36).slice(2)}`
  const clients = await Promise.all(Array.from({ length: MEMBERS }, (_, i) => opened(port, `u${i}-${room.slice(-8)}`, room)))
  const [senders, listeners] = [clients.slice(0, SENDERS), clients.slice(SENDERS)]
  const total = SENDERS * messages
  const start = listeners.map(client => client.frames)
  const began = performance.now()
  await Promise.all([
    ...senders.map(async (client, s) => {
      for (let sent = 0; sent < messages; sent += WINDOW) {
        for (let i = sent; i < Math.min(messages, sent + WINDOW); i++)
          client.say({ t: 'send', id: `${s}-${i}`, room, body: 'x'.repeat(BODY) })
        // Its own acks and at least its own messages.
        await client.until(2 + 2 * Math.min(messages, sent + WINDOW))
      }
    }),
    ...listeners.map((client, i) => client.until(start[i]! + total)),
  ])
  const seconds = (performance.now() - began) / 1000
  for (const client of clients) client.socket.destroy()
  return (total * MEMBERS) / seconds
}

const resident = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

/** Bytes of resident memory for each idle, welcomed connection. */
async function idleBytes(start: () => Promise<Server>, count: number): Promise<number> {
  const server = await start()
  try {
    await (await opened(server.port, 'first')).until(1)
    const before = resident(server.child.pid!)
    const clients: Counter[] = []
    for (let i = 0; i < count; i += 200)
      clients.push(...(await Promise.all(Array.from({ length: 200 }, (_, j) => opened(server.port, `idle${i + j}`)))))
    const after = resident(server.child.pid!)
    for (const client of clients) client.socket.destroy()
    return (after - before) / count
  } finally {
    server.child.kill('SIGKILL')
  }
}

async function started(entry: string, env: Record<string, string>): Promise<Server> {
  const [port, httpPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, ...env, PORT: String(port), HTTP_PORT: String(httpPort) },
    stdio: 'ignore',
  })
  for (const deadline = performance.now() + 10_000; ; ) {
    const up = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false)).once('connect', () => socket.destroy())
    })
    if (up) return { child, port }
    if (performance.now() > deadline || child.exitCode !== null) throw new Error(`${entry} does not listen`)
  }
}

const row = (what: string, so: Comparison, unit: string, scale = 1): BenchRow => {
  const mid = (of: 'a' | 'b') => Math.round(median(so.pairs.map(pair => pair[of])) / scale).toLocaleString('en')
  return {
    what: `lab 6.3: ${what}`,
    figure: `${so.median.toFixed(2)}×`,
    detail: `${so.low.toFixed(2)} to ${so.high.toFixed(2)} over ${so.pairs.length} pairs; ${mid('a')} and ${mid('b')} ${unit}`,
  }
}

/** Lab 6.3: the solution takes turns with two plain broadcast servers. */
const bench: Bench = {
  name: 'chat',
  labs: ['6.3'],
  description: "Messages a second and bytes of an idle connection: lab 6.3's solution against plain broadcast servers",
  async run({ root, quick, onProgress }) {
    const lab = findLab(root, '6.3')
    const run = openRunDir()
    const workspace = join(root, '.millrace', 'work', `bench-${run.id}`)
    const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
    const valkey = await openValkey(engine.endpoints[0]!, 'bench')
    const servers: Server[] = []
    try {
      await layWorkspace({ lab, source: { kind: 'solution' }, dir: workspace })
      cpSync(join(lab.solutionDir, 'bench'), join(workspace, 'bench'), { recursive: true })
      const env = {
        REDIS_URL: valkey.url,
        KEY_PREFIX: valkey.prefix,
        AUTH_SECRET: SECRET,
        ADMIT_PER_SECOND: '100000',
        ADMIT_BURST: '10000',
        MILLRACE_RUN: run.id,
      }
      const own = () => started(join(workspace, 'src', 'server.ts'), env)
      const peer = (MODE: string) => started(join(workspace, 'bench', 'peer.ts'), { ...env, MODE })
      servers.push(await own(), await peer('redis'), await peer('memory'))
      const messages = quick ? 1000 : 3000
      const rounds = { rounds: quick ? 6 : 11 }
      const turn =
        (index: number, count = messages) =>
        () =>
          throughput(servers[index]!, count)
      onProgress('messages a second')
      const rows = [
        row(`messages/s to ${MEMBERS} members, against INCR + XADD + PUBLISH`, await compare(turn(0), turn(1), rounds), 'deliveries/s'),
        row(
          `messages/s to ${MEMBERS} members, against a server that stores nothing`,
          await compare(turn(0), turn(2), rounds),
          'deliveries/s',
        ),
      ]
      onProgress('idle connections')
      const idle = quick ? 1000 : 3000
      const memory = await compare(
        () => idleBytes(own, idle),
        () => idleBytes(() => peer('memory'), idle),
        { rounds: quick ? 3 : 6 },
      )
      rows.push(row(`memory of an idle connection (${idle} of them), against a bare socket in a Set`, memory, 'bytes'))
      return rows
    } finally {
      for (const { child } of servers) child.kill('SIGKILL')
      rmSync(workspace, { recursive: true, force: true })
      await valkey.close()
      await engine.stop()
      run.close()
    }
  },
}
export default bench
