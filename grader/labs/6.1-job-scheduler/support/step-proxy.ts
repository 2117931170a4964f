/** Forces the crash that is otherwise a matter of luck: after so many commands to Redis, no other one arrives. */
import { createServer, type Server, Socket } from 'node:net'
import { eventually } from '../../../kpi/index.ts'
import { soon } from './cluster.ts'

/** What clients say to get connected: no step of anybody's work. */
const GREETINGS = new Set(['HELLO', 'AUTH', 'INFO', 'CLIENT', 'SELECT', 'PING', 'TIME', 'SCRIPT', 'COMMAND', 'READONLY'])

/** A TCP proxy to Redis that counts commands; one a program that is to die. */
export class StepProxy {
  readonly port: number
  /** Commands that reached the server since the last `arm`, by name. */
  passed: string[] = []
  private left = Number.POSITIVE_INFINITY
  private cut: string | undefined
  /** What was kept back, in order. */
  private kept: { to: Socket; bytes: Buffer }[] = []
  private readonly sockets = new Set<Socket>()
  private readonly server: Server

  constructor(server: Server, port: number, target: number) {
    this.server = server
    this.port = port
    server.on('connection', client => this.connect(client, target))
  }

  /** Let `steps` more commands through, and then nothing. */
  arm(steps: number): void {
    this.left = steps
    this.passed = []
    this.cut = undefined
    this.kept = []
  }

  /** What was kept back arrives after all, late, and everything else again. */
  release(): void {
    const late = this.kept
    this.arm(Number.POSITIVE_INFINITY)
    for (const { to, bytes } of late) if (!to.destroyed) to.write(bytes)
  }

  /** Wait until a command has been kept back; resolves with its name. */
  exhausted(what: string): Promise<string> {
    return eventually(what, () => this.cut, { within: soon(), every: 5 })
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>(resolve => this.server.close(() => resolve()))
  }

  private connect(client: Socket, target: number): void {
    const server = new Socket()
    for (const socket of [client, server]) {
      this.sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.once('close', () => {
        this.sockets.delete(socket)
        for (const other of [client, server]) other.destroy()
      })
    }
    server.connect(target, '127.0.0.1')
    server.on('data', chunk => client.write(chunk))
    let rest: Buffer = Buffer.alloc(0)
    client.on('data', chunk => {
      rest = Buffer.concat([rest, chunk])
      for (let command = firstCommand(rest); command; command = firstCommand(rest)) {
        const bytes = rest.subarray(0, command.length)
        if (this.lets(command.name)) server.write(bytes)
        else this.kept.push({ to: server, bytes })
        rest = rest.subarray(command.length)
      }
    })
  }

  private lets(name: string): boolean {
    if (this.cut) return false
    if (GREETINGS.has(name)) return true
    if (this.left <= 0) {
      this.cut = name
      return false
    }
    this.left--
    this.passed.push(name)
    return true
  }
}

/** The first whole command of a buffer: an array of bulk strings. Source: the RESP specification, "Sending commands to a Redis server". */
export function firstCommand(bytes: Buffer): { name: string; length: number } | undefined {
  const line = (from: number): { value: number; next: number } | undefined => {
    const end = bytes.indexOf('\r\n', from)
    return end < 0 ? undefined : { value: Number(bytes.toString('latin1', from + 1, end)), next: end + 2 }
  }
  const count = line(0)
  if (!count) return undefined
  let at = count.next
  let name = ''
  for (let i = 0; i < count.value; i++) {
    const size = line(at)
    if (!size || bytes.length < size.next + size.value + 2) return undefined
    if (i === 0) name = bytes.toString('latin1', size.next, size.next + size.value).toUpperCase()
    at = size.next + size.value + 2
  }
  return { name, length: at }
}

/** Start a step proxy on a free loopback port. */
export async function stepProxy(target: number): Promise<StepProxy> {
  const server = createServer()
  const port = await new Promise<number>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  return new StepProxy(server, port, target)
}

/** The learner's redis:// URL, by way of a proxy. */
export function through(url: string, port: number): string {
  const other = new URL(url)
  other.port = String(port)
  return other.href
}
