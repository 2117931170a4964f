/** Forces the race that is otherwise a matter of luck: no client goes on before every client has its reply. */
import { createServer, type Server, Socket } from 'node:net'
import type { Timeline } from '../kpi/types.ts'

interface Lane {
  port: number
  server: Server
  sockets: Set<Socket>
  /** Replies that wait for the others. */
  held: { to: Socket; chunk: Buffer }[]
  left: boolean
}

export interface GateProxyOptions {
  host?: string
  target: number
  lanes: number
  timeline?: Timeline
  /** Milliseconds without any byte after which the held replies go on: some lane will never ask. Default 1,000. */
  quiet?: number
}

/**
 * A TCP proxy with one port a client. In lockstep, the first replies of all lanes are held until every lane has one, then the second ones, and
 * so on: whatever the clients read, all have read it before one of them writes. A lane that has finished leaves the round.
 * @example const gate = await gateProxy({ target: valkey.port, lanes: 4 }); gate.lockstep(); … await ask(node); gate.leave(0)
 */
export class GateProxy {
  readonly ports: readonly number[]
  /** Rounds that were released because every lane in them had a reply. */
  met = 0
  private readonly lanes: Lane[]
  private readonly options: GateProxyOptions
  private locked = false
  private began = 0
  private timer: NodeJS.Timeout | undefined

  constructor(servers: Server[], options: GateProxyOptions) {
    this.options = options
    this.lanes = servers.map(server => {
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('a listening server has a port')
      return { port: address.port, server, sockets: new Set(), held: [], left: false }
    })
    this.ports = this.lanes.map(lane => lane.port)
    for (const lane of this.lanes) lane.server.on('connection', client => this.connect(lane, client))
  }

  /** From now on replies wait for each other. */
  lockstep(): void {
    this.locked = true
    this.met = 0
    this.began = this.options.timeline?.now() ?? 0
    for (const lane of this.lanes) lane.left = false
  }

  /** This lane's client has what it wanted: nobody waits for it any more. */
  leave(lane: number): void {
    this.lanes[lane]!.left = true
    this.turn()
  }

  /** Replies flow freely again. */
  open(): void {
    if (!this.locked) return
    this.locked = false
    this.release()
    const { timeline } = this.options
    timeline?.add({
      lane: 'gate',
      kind: 'fault',
      at: this.began,
      until: timeline.now(),
      label: `lockstep: ${this.met} rounds in which all had read before one went on`,
    })
  }

  async close(): Promise<void> {
    this.open()
    clearTimeout(this.timer)
    await Promise.all(
      this.lanes.map(lane => {
        for (const socket of lane.sockets) socket.destroy()
        return new Promise<void>(resolve => lane.server.close(() => resolve()))
      }),
    )
  }

  private connect(lane: Lane, client: Socket): void {
    const server = new Socket()
    for (const socket of [client, server]) {
      lane.sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.once('close', () => {
        lane.sockets.delete(socket)
        for (const other of [client, server]) other.destroy()
      })
    }
    server.connect(this.options.target, this.options.host ?? '127.0.0.1')
    client.on('data', chunk => {
      this.rearm()
      server.write(chunk)
    })
    server.on('data', chunk => {
      if (!this.locked || lane.left) return void client.write(chunk)
      lane.held.push({ to: client, chunk })
      this.rearm()
      this.turn()
    })
  }

  /** Everybody who is still in has a reply: one round goes on. */
  private turn(): void {
    const waitedFor = this.lanes.filter(lane => !lane.left)
    if (!this.locked || waitedFor.length === 0 || waitedFor.some(lane => lane.held.length === 0)) return
    this.met++
    this.release()
  }

  private release(): void {
    for (const lane of this.lanes) for (const { to, chunk } of lane.held.splice(0)) if (to.writable) to.write(chunk)
  }

  private rearm(): void {
    clearTimeout(this.timer)
    if (this.locked) this.timer = setTimeout(() => this.release(), this.options.quiet ?? 1000)
  }
}

/** Start a gate with one loopback port a lane. */
export async function gateProxy(options: GateProxyOptions): Promise<GateProxy> {
  const servers = Array.from({ length: options.lanes }, () => createServer())
  await Promise.all(
    servers.map(server => new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve()))),
  )
  return new GateProxy(servers, options)
}
