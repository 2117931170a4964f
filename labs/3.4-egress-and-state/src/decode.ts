/** Framed Avro by the registry. Given: not yours to change. */
import avsc from 'avsc'

const [HEADER, TIMEOUT] = [5, 5000]

/** The message itself is at fault: no frame, a schema that the registry does not have, bytes that do not fit it. */
export class Unreadable extends Error {}

/** Decodes framed values; asks the registry once a schema. */
export class Decoder {
  readonly #url: string
  readonly #types = new Map<number, avsc.Type>()

  constructor(registryUrl: string) {
    this.#url = registryUrl
  }

  /**
   * The value of a message.
   * @throws Unreadable when the message is at fault; another error when the registry is not to be reached
   */
  async read<T>(value: Buffer | null): Promise<T> {
    if (!value || value.length < HEADER || value[0] !== 0) throw new Unreadable('the value is not framed')
    const type = await this.#type(value.readInt32BE(1))
    try {
      return { ...type.fromBuffer(value.subarray(HEADER)) } as T
    } catch (error) {
      throw new Unreadable((error as Error).message)
    }
  }

  async #type(id: number): Promise<avsc.Type> {
    const known = this.#types.get(id)
    if (known) return known
    const response = await fetch(`${this.#url}/schemas/ids/${id}`, { signal: AbortSignal.timeout(TIMEOUT) })
    if (response.status === 404) throw new Unreadable(`the registry has no schema ${id}`)
    if (!response.ok) throw new Error(`registry: ${response.status} ${await response.text()}`)
    const type = avsc.Type.forSchema(JSON.parse(((await response.json()) as { schema: string }).schema) as avsc.Schema)
    this.#types.set(id, type)
    return type
  }
}
