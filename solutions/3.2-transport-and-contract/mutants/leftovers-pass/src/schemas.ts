/** Schemas of the records: by id, asked for once, read by a schema of our own. */
import { setTimeout as wait } from 'node:timers/promises'
import avsc from 'avsc'
import { ask } from './registry.ts'
import type { Reason } from './types.ts'

/** How records of one id are read, or why they are not. */
type Writer = { resolver: avsc.Resolver } | { reason: Reason }

/** Reads framed records of one subject. */
export class Schemas {
  readonly #url: string
  readonly #subject: string
  readonly #reader: avsc.Type
  readonly #known = new Map<number, Writer>()

  constructor(url: string, subject: string, readerSchema: string) {
    this.#url = url
    this.#subject = subject
    this.#reader = avsc.Type.forSchema(JSON.parse(readerSchema) as avsc.Schema)
  }

  /**
   * The reading in a record's value, in the shape of our schema, or why it is none. Waits for a registry that does not answer, calling
   * `alive` meanwhile: nothing is known about a record whose schema nobody could be asked for.
   */
  async read(value: Buffer | null, alive: () => Promise<void>): Promise<{ reading: Record<string, unknown> } | { reason: Reason }> {
    if (value === null || value.length < 5 || value[0] !== 0) return { reason: 'unframed' }
    const writer = await this.#writer(value.readUInt32BE(1), alive)
    if ('reason' in writer) return writer
    try {
      return { reading: this.#reader.fromBuffer(value.subarray(5), writer.resolver, true) as Record<string, unknown> }
    } catch {
      return { reason: 'undecodable' }
    }
  }

  async #writer(id: number, alive: () => Promise<void>): Promise<Writer> {
    const known = this.#known.get(id)
    if (known) return known
    const { status, body } = await this.#patiently<{ schema: string }>(`/schemas/ids/${id}`, alive)
    // Not kept: the id may be given tomorrow.
    if (status === 404) return { reason: 'unknown-schema' }
    const uses = await this.#patiently<{ subject: string }[]>(`/schemas/ids/${id}/versions`, alive)
    const ours = Object.values(uses.body as unknown as { subject: string }[]).some(({ subject }) => subject === this.#subject)
    if (!ours) return { reason: 'foreign-schema' } // Not kept, either.
    const writer = this.#resolve(body.schema!)
    this.#known.set(id, writer)
    return writer
  }

  #resolve(schema: string): Writer {
    try {
      return { resolver: this.#reader.createResolver(avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema)) }
    } catch {
      return { reason: 'undecodable' }
    }
  }

  async #patiently<T>(path: string, alive: () => Promise<void>): ReturnType<typeof ask<T>> {
    for (;;) {
      const answer = await ask<T>(this.#url, path).catch(() => undefined)
      if (answer && (answer.status === 200 || answer.status === 404)) return answer
      await alive()
      await wait(200)
    }
  }
}
