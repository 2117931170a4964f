/** Schemas by their id. */
import { setTimeout as delay } from 'node:timers/promises'
import avsc from 'avsc'

const EVERY_MS = 200

/** An id means the same schema for ever, so each is asked for once. */
export class Registry {
  readonly #url: string
  readonly #types = new Map<number, avsc.Type>()

  constructor(url: string) {
    this.#url = url
  }

  /**
   * The writer's schema; undefined where the registry says that it has none. While the registry does not answer, or answers that it cannot,
   * this waits: a message is not to blame for that.
   */
  async type(id: number): Promise<avsc.Type | undefined> {
    const known = this.#types.get(id)
    if (known) return known
    for (let told = false; ; await delay(EVERY_MS)) {
      try {
        const answer = await fetch(`${this.#url}/schemas/ids/${id}`, { signal: AbortSignal.timeout(5_000) })
        if (answer.status === 404) return undefined
        if (!answer.ok) throw new Error(`the registry answers ${answer.status}`)
        const { schema } = (await answer.json()) as { schema: string }
        const type = avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema, { wrapUnions: 'never' })
        this.#types.set(id, type)
        return type
      } catch (error) {
        if (!told) console.error(`waiting for schema ${id}: ${(error as Error).message}`)
        told = true
      }
    }
  }
}
