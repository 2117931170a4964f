import type { Decoded, Message } from './types.ts'

/** What a message is: a reading, nothing to do, or to be set aside. */
export async function decode(message: Message): Promise<Decoded> {
  throw new Error(`src/decode.ts decodes nothing yet (${message.value?.length ?? 0} bytes)`)
}
