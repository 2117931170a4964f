/** Nodes of the learner's chat, and clients on them. */
import { eventually, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program, StartOptions } from '../../../learner/types.ts'
import { freePort } from '../../../process/ports.ts'
import { brief, ChatClient, type ClientOptions, PATIENCE } from './client.ts'

export interface Node {
  program: Program
  port: number
  httpPort: number
  /** http://127.0.0.1:<HTTP_PORT> */
  url: string
}

export interface NodeOptions {
  env?: Record<string, string>
  redisUrl?: string
  limits?: StartOptions['limits']
  /** Wait until it listens and has found Redis; default true. */
  ready?: boolean
}

type Given = Pick<KpiFixtures, 'learner' | 'valkey' | 'random' | 'cleanup'>

/** What a KPI does with a chat: nodes, and clients that are closed at its end. */
export class Chat {
  /** AUTH_SECRET of all nodes: another one in each run. */
  readonly secret: string
  private readonly given: Given
  private started = 0

  constructor(given: Given) {
    this.given = given
    this.secret = given.random.fork('secret').word(20)
  }

  /** Start a node. */
  async node(options: NodeOptions = {}): Promise<Node> {
    const { learner, valkey } = this.given
    const httpPort = await freePort()
    const name = `node-${++this.started}`
    const program = await learner.start('src/server.ts', {
      name,
      env: {
        HTTP_PORT: String(httpPort),
        INSTANCE: name,
        REDIS_URL: options.redisUrl ?? valkey.url,
        KEY_PREFIX: valkey.prefix,
        AUTH_SECRET: this.secret,
        // Long, so that a busy machine is not taken for a dead peer or a slow store; KPIs about them set their own.
        HEARTBEAT_MS: '30000',
        STORE_TIMEOUT_MS: '10000',
        ...options.env,
      },
      ...(options.limits ? { limits: options.limits } : {}),
      ...(options.ready === false ? { ready: { kind: 'none' } } : {}),
    })
    const url = `http://127.0.0.1:${httpPort}`
    if (options.ready === false) return { program, port: program.port, httpPort, url }
    await eventually(
      `GET /ready on ${name} answers 200: it has found Redis`,
      async () => {
        const { status } = await fetch(`${url}/ready`)
        if (status !== 200) throw new Error(`it answers ${status}`)
        return true
      },
      { within: PATIENCE },
    )
    return { program, port: program.port, httpPort, url }
  }

  /** A connection that has said nothing yet. */
  async connect(port: number, options: Partial<ClientOptions> = {}): Promise<ChatClient> {
    const client = new ChatClient({ user: 'nobody', secret: this.secret, ...options })
    this.given.cleanup(() => client.close())
    return client.connect(port)
  }

  /** A client that is welcome, on a node that has its store. */
  async client(port: number, user: string, options: Partial<ClientOptions> = {}): Promise<ChatClient> {
    const client = await this.connect(port, { user, ...options })
    const welcome = await client.ask(client.hello, 'welcome')
    if (welcome['user'] !== user) fail({ subject: `the welcome of ${user}`, expected: `user: ${user}`, saw: brief(welcome) })
    return client
  }

  /** A client in rooms. */
  async member(port: number, user: string, ...rooms: string[]): Promise<ChatClient> {
    const client = await this.client(port, user)
    for (const room of rooms) await join(client, room)
    return client
  }
}

/** Join a room, and wait until it is said so. */
export const join = (client: ChatClient, room: string, after?: number) =>
  client.ask({ t: 'join', room, ...(after === undefined ? {} : { after }) }, 'joined', answer => answer['room'] === room)

/** Send to a room, and wait for the ack. */
export const send = (client: ChatClient, room: string, id: string, body: string) =>
  client.ask({ t: 'send', id, room, body }, 'ack', answer => answer['id'] === id)

/** Send to a user, and wait for the ack. */
export const sendTo = (client: ChatClient, to: string, id: string, body: string) =>
  client.ask({ t: 'send', id, to, body }, 'ack', answer => answer['id'] === id)
