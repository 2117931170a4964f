/** The JDBC sink: topics into tables of PostgreSQL. */
import pg from 'pg'
import { Settings } from '../../config/definition.ts'
import { pause, type Task, type TaskContext } from '../../context.ts'
import { type Converter, converterOf } from '../../data/converters.ts'
import { DataError, FatalError } from '../../data/schema.ts'
import { applyAll, type Transform, transformsOf } from '../../transforms.ts'
import { type Batch, consume } from '../consume.ts'
import { type Consumed, ErrorPolicy, type Stage } from '../errors.ts'
import { connectionOf, JDBC_KEYS } from './config.ts'
import { type Row, rowOf } from './row.ts'
import { Writer } from './writer.ts'

/** SQL states that are about the row: data exceptions, violated constraints, wrong types. Others are about the server or the set-up. */
const ABOUT_THE_ROW = /^(22|23|42804)/

/** In what the sinks that go by the name of JDBC differ. */
export interface Manner {
  /** Last of the transforms. */
  prepare: Transform
  /** A row that the database refuses fails the task, also where errors are tolerated. */
  refusedRowsStop: boolean
}

/** Runs until it is stopped; an outage of the database or the broker is waited for, `max.retries` times. */
export const jdbcSink =
  (manner: Manner): Task =>
  async context => {
    const settings = new Settings(JDBC_KEYS, context.config)
    for (let tries = 0; !context.signal.aborted; ) {
      try {
        await new Session(context, settings, manner, () => (tries = 0)).run()
      } catch (error) {
        if (context.signal.aborted) return
        const state = (error as { code?: string }).code
        const refused = typeof state === 'string' && /^(28|3D|42|22|23)/.test(state) && state.length === 5
        if (error instanceof FatalError || refused || ++tries > settings.number('max.retries')) throw error
        context.waiting(error as Error)
        await pause(settings.number('retry.backoff.ms'), context.signal)
      }
    }
  }

/** As Confluent's and Aiven's do it. */
export const runJdbcSink: Task = jdbcSink({ prepare: record => record, refusedRowsStop: false })

class Session {
  readonly #context: TaskContext
  readonly #settings: Settings
  readonly #manner: Manner
  readonly #worked: () => void
  readonly #key: Converter
  readonly #value: Converter
  readonly #transforms: Transform[]
  readonly #errors: ErrorPolicy
  readonly #client: pg.Client
  readonly #writer: Writer

  constructor(context: TaskContext, settings: Settings, manner: Manner, worked: () => void) {
    this.#manner = manner
    this.#context = context
    this.#settings = settings
    this.#worked = worked
    this.#key = converterOf(context.config, 'key')
    this.#value = converterOf(context.config, 'value')
    this.#transforms = [...transformsOf(context.config), manner.prepare]
    this.#errors = new ErrorPolicy(context.kafka, context.name, settings, context.log)
    this.#client = new pg.Client({ ...connectionOf(settings), application_name: `connect ${context.name}`, connectionTimeoutMillis: 5_000 })
    this.#client.on('error', () => {}) // The next statement says so.
    this.#writer = new Writer(this.#client, settings)
  }

  async run(): Promise<void> {
    const { kafka, name, signal, running } = this.#context
    await this.#client.connect()
    try {
      await consume(kafka, name, this.#settings, signal, running, batch => this.#put(batch))
    } finally {
      await this.#client.end().catch(() => {})
      await this.#errors.close()
    }
  }

  async #put({ topic, partition, messages }: Batch): Promise<void> {
    const rows: { row: Row; from: Consumed }[] = []
    for (const message of messages) {
      const from = { topic, partition, message }
      const row = await this.#row(from)
      if (row) rows.push({ row, from })
    }
    try {
      await this.#transaction(rows.map(({ row }) => row))
    } catch (error) {
      const state = String((error as { code?: string }).code)
      if (!ABOUT_THE_ROW.test(state)) throw error
      // One of them is at fault: each by itself, so that the others get through.
      for (const { row, from } of rows)
        await this.#transaction([row]).catch(async problem => {
          if (this.#manner.refusedRowsStop || !ABOUT_THE_ROW.test(String(problem.code))) throw problem
          await this.#errors.handle(from, 'TASK_PUT', problem)
        })
    }
    this.#worked()
  }

  async #transaction(rows: Row[]): Promise<void> {
    if (rows.length === 0) return
    await this.#client.query('BEGIN')
    try {
      await this.#writer.write(rows)
      await this.#client.query('COMMIT')
    } catch (error) {
      await this.#client.query('ROLLBACK').catch(() => {})
      throw error
    }
  }

  /** The row of a message; null when it was dropped or passed over. */
  async #row(from: Consumed): Promise<Row | null> {
    const { topic, partition, message } = from
    let stage: Stage = 'KEY_CONVERTER'
    try {
      const key = message.key && (await this.#key.read(topic, message.key))
      stage = 'VALUE_CONVERTER'
      const value = message.value && (await this.#value.read(topic, message.value))
      stage = 'TRANSFORMATION'
      const record = applyAll(this.#transforms, { topic, key, value })
      stage = 'TASK_PUT'
      return record && rowOf(record, this.#settings, { topic, partition, offset: message.offset })
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      await this.#errors.handle(from, stage, error)
      return null
    }
  }
}
