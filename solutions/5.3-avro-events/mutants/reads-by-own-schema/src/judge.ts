/** What a message is: a reading, or why it is none. */
import avsc from 'avsc'
import { unframe } from './frame.ts'
import { schemaOf } from './registry.ts'

export type Reason = 'unframed' | 'unknown-schema' | 'foreign-schema' | 'truncated' | 'corrupt'
export type Verdict = { accepted: unknown } | { rejected: Reason }

/** Reads bodies that one schema wrote as values of ours. */
type Decode = (body: Buffer) => Verdict

/**
 * Judges messages of a topic. What was written with an older or newer version of the subject's schema is read by that one and becomes what our
 * own has: fields it lacks get their default, fields we do not know go.
 */
export function judgeOf(config: { registryUrl: string; topic: string; schema: unknown }) {
  const { registryUrl, topic } = config
  const reader = avsc.Type.forSchema(config.schema as avsc.Schema)
  // Schemas never change under their id: each is asked for once. An id that nobody knows may be registered a moment later, so that is not kept.
  const known = new Map<number, Decode>()

  async function decoderOf(id: number, waiting: () => Promise<void>): Promise<Decode> {
    const found = known.get(id)
    if (found) return found
    const registered = await schemaOf(registryUrl, id, waiting)
    if (!registered) return () => ({ rejected: 'unknown-schema' })
    const decode: Decode = registered.subjects.includes(`${topic}-value`)
      ? decodeWith(avsc.Type.forSchema(registered.schema as avsc.Schema))
      : () => ({ rejected: 'foreign-schema' })
    known.set(id, decode)
    return decode
  }

  function decodeWith(_writer: avsc.Type): Decode {
    return body => {
      try {
        const { value, offset } = reader.decode(body, 0) as { value: unknown; offset: number }
        if (offset < 0) return { rejected: 'truncated' }
        return offset < body.length ? { rejected: 'corrupt' } : { accepted: value }
      } catch {
        return { rejected: 'corrupt' }
      }
    }
  }

  /** @param waiting called from time to time while the registry is away */
  return async (value: Buffer | null, waiting: () => Promise<void>): Promise<Verdict> => {
    const framed = unframe(value)
    if (!framed) return { rejected: 'unframed' }
    return (await decoderOf(framed.id, waiting))(framed.body)
  }
}
