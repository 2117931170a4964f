/** The Avro variant's messages, decoded by the grader's own reader. */
import { framedReader, NotFramed } from '../../../experiments/framed.ts'
import type { Followed, Message } from '../../../experiments/streams/follow.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import type { RegistryFixture } from '../../../services/types.ts'
import type { Change, Event, Row } from './events.ts'

/** Every message so far; throws LearnerFault at the first that does not decode: waiting does not mend it. */
export async function avroEvents(followed: Followed, registry: RegistryFixture): Promise<Event[]> {
  const read = framedReader(registry)
  const decode = async ({ offset, partition }: Message, what: 'key' | 'value', bytes: Buffer | null): Promise<Row | null> => {
    if (bytes === null) return null
    try {
      return (await read(bytes)).value
    } catch (error) {
      if (!(error instanceof NotFramed)) throw error
      throw new LearnerFault({ subject: `the ${what} of a message (partition ~${partition}, offset ~${offset})`, expected: 'framed Avro: 0, the schema’s id, the body', saw: error.message }) // biome-ignore format: one line
    }
  }
  return Promise.all(
    followed.messages.map(async message => ({
      partition: message.partition,
      offset: message.offset,
      key: await decode(message, 'key', message.key),
      change: (await decode(message, 'value', message.value)) as Change | null,
    })),
  )
}
