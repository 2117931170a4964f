/** The connectors of this process: their configurations and states in Kafka topics, each with its one task. */
import type { Kafka } from 'kafkajs'
import type { KeyedLog } from '../kafka/keyed-log.ts'
import type { Config } from './config/definition.ts'
import { pluginOf } from './plugins.ts'

export type State = 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAILED' | 'UNASSIGNED'
/** What is wanted; what is, may differ. */
export type Target = 'STARTED' | 'PAUSED' | 'STOPPED'

interface Running {
  abort: AbortController
  done: Promise<void>
}

export interface Connector {
  name: string
  config: Config
  target: Target
  task: { state: State; trace?: string }
  running: Running | null
}

/** What the topics say. */
export class Memory {
  readonly configs = new Map<string, Config>()
  readonly targets = new Map<string, Target>()
  readonly offsets = new Map<string, Record<string, unknown>>()

  applyConfig(key: string, value: string | null): void {
    const json = value === null ? null : JSON.parse(value)
    if (key.startsWith('connector-')) put(this.configs, key.slice(10), json?.properties)
    else if (key.startsWith('target-state-')) put(this.targets, key.slice(13), json?.state)
  }

  applyOffset(key: string, value: string | null): void {
    put(this.offsets, key, value === null ? undefined : JSON.parse(value))
  }
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined || value === null) map.delete(key)
  else map.set(key, value)
}

/** Runs connectors: their configurations and offsets live in topics, so that another worker goes on where this one was killed. */
export class Worker {
  readonly #connectors = new Map<string, Connector>()
  readonly #kafka: Kafka
  readonly #memory: Memory
  readonly #configs: KeyedLog
  readonly #offsets: KeyedLog
  #last: Promise<unknown> = Promise.resolve()

  constructor(kafka: Kafka, memory: Memory, configs: KeyedLog, offsets: KeyedLog) {
    this.#kafka = kafka
    this.#memory = memory
    this.#configs = configs
    this.#offsets = offsets
    for (const [name, config] of memory.configs) this.#begin(name, config, memory.targets.get(name) ?? 'STARTED')
  }

  get names(): string[] {
    return [...this.#connectors.keys()].sort()
  }

  get(name: string): Connector | undefined {
    return this.#connectors.get(name)
  }

  /** Keeps the configuration and (re)starts the connector with it. */
  configure(name: string, config: Config, target?: Target): Promise<void> {
    return this.#inTurn(async () => {
      const wanted = target ?? this.get(name)?.target ?? 'STARTED'
      await this.#configs.append([
        [`connector-${name}`, JSON.stringify({ properties: config })],
        [`target-state-${name}`, JSON.stringify({ state: wanted })],
      ])
      await this.#end(name)
      this.#begin(name, config, wanted)
    })
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end(name)
      await this.#configs.append([
        [`connector-${name}`, null],
        [`target-state-${name}`, null],
      ])
      this.#connectors.delete(name)
    })
  }

  aim(name: string, target: Target): Promise<void> {
    return this.#inTurn(async () => {
      const connector = this.get(name)
      if (!connector || connector.target === target) return
      await this.#configs.append([[`target-state-${name}`, JSON.stringify({ state: target })]])
      await this.#end(name)
      this.#begin(name, connector.config, target)
    })
  }

  restart(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const connector = this.get(name)
      if (!connector) return
      await this.#end(name)
      this.#begin(name, connector.config, connector.target)
    })
  }

  /** A source's offset, as its task wrote it; null when there is none. */
  offsetOf(name: string): Record<string, unknown> | null {
    return this.#memory.offsets.get(this.#offsetKey(name)) ?? null
  }

  setOffset(name: string, offset: Record<string, unknown> | null): Promise<void> {
    return this.#offsets.append([[this.#offsetKey(name), offset && JSON.stringify(offset)]])
  }

  /** As Connect writes it: the connector's name and Debezium's partition. */
  #offsetKey = (name: string) => JSON.stringify([name, { server: this.#memory.configs.get(name)?.['topic.prefix'] }])

  async close(): Promise<void> {
    await Promise.all(this.names.map(name => this.#end(name)))
    await Promise.all([this.#configs.close(), this.#offsets.close()])
  }

  #begin(name: string, config: Config, target: Target): void {
    const state: State = target === 'STARTED' ? 'UNASSIGNED' : target
    const connector: Connector = { name, config, target, task: { state }, running: null }
    this.#connectors.set(name, connector)
    if (target !== 'STARTED') return
    const abort = new AbortController()
    const task = pluginOf(config['connector.class'])!.run({
      name,
      config,
      kafka: this.#kafka,
      offsets: { read: () => this.offsetOf(name), write: offset => this.setOffset(name, offset) },
      signal: abort.signal,
      running: () => {
        connector.task = { state: 'RUNNING' }
      },
      waiting: error => {
        console.error(`${name}: ${error.message}`)
        connector.task = { state: 'UNASSIGNED', trace: String(error.stack) }
      },
      log: line => console.error(line),
    })
    const done = task.catch(error => {
      console.error(`${name}: the task failed: ${error.stack}`)
      connector.task = { state: 'FAILED', trace: String(error.stack) }
    })
    connector.running = { abort, done }
  }

  async #end(name: string): Promise<void> {
    const running = this.get(name)?.running
    running?.abort.abort()
    await running?.done
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    return turn
  }
}
