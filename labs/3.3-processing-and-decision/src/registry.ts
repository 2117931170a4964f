/** The schema registry over HTTP. Given: not yours to change. */

/** The registry says that it has no such schema. Everything else that goes wrong is about the registry, not about the message. */
export class UnknownSchema extends Error {}

const TIMEOUT = 5000

/** Asks for schemas by id, and keeps those that it got: an id never changes its meaning. */
export class Registry {
  readonly #url: string
  readonly #schemas = new Map<number, unknown>()

  constructor(url: string) {
    this.#url = url
  }

  /**
   * The schema of an id, asked for once.
   * @throws UnknownSchema when there is none; another error when the registry is not to be reached
   */
  async schema(id: number): Promise<unknown> {
    const known = this.#schemas.get(id)
    if (known !== undefined) return known
    const response = await fetch(`${this.#url}/schemas/ids/${id}`, { signal: AbortSignal.timeout(TIMEOUT) })
    if (response.status === 404) throw new UnknownSchema(`no schema has the id ${id}`)
    if (!response.ok) throw new Error(`registry: ${response.status} ${await response.text()}`)
    const { schema } = (await response.json()) as { schema: string }
    const parsed: unknown = JSON.parse(schema)
    this.#schemas.set(id, parsed)
    return parsed
  }

  /** Registers a schema; the same again has the same id. Rejects when the registry refuses it or is not to be reached. */
  async register(subject: string, schema: unknown): Promise<number> {
    const response = await fetch(`${this.#url}/subjects/${encodeURIComponent(subject)}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify(schema) }),
      signal: AbortSignal.timeout(TIMEOUT),
    })
    if (!response.ok) throw new Error(`registry: ${response.status} ${await response.text()}`)
    return ((await response.json()) as { id: number }).id
  }
}
