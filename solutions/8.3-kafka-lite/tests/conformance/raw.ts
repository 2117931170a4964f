import { buildBatch } from '../../src/storage/records.ts'
import { errorName, RawClient } from '../support/raw-client.ts'
import type { Target } from './scenario.ts'

/** A batch of these values. */
export const records = (values: string[], options: Parameters<typeof buildBatch>[1] = {}) =>
  buildBatch(
    values.map((value, offset) => ({ offset, timestamp: Date.now(), key: null, value: Buffer.from(value) })),
    options,
  )

/** Gives a connection to `use` and closes it afterwards. */
export async function withClient<T>(target: Target, use: (client: RawClient) => Promise<T>): Promise<T> {
  const client = await RawClient.connect(target.port)
  try {
    return await use(client)
  } finally {
    client.close()
  }
}

/** Produces one batch; gives the error's name and the offset. */
export async function produce(client: RawClient, topic: string, batch: Buffer | null, extra: object = {}) {
  const body = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records: batch }] }],
    ...extra,
  }
  const answer = await client.send('Produce', 9, body)
  const [partition] = answer.responses[0].partitionResponses
  return [errorName(partition.errorCode), partition.baseOffset]
}
