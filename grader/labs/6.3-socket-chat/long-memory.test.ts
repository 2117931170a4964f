import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, send, sendTo } from './support/chat.ts'

const [HISTORY, MINUTE] = [20, 60_000]

kpi('long-memory', async ({ learner, valkey, engine, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const steered = engine === 'embedded'
  if (steered) await valkey.clock.freeze()
  const node = await chat.node({ env: { HISTORY: String(HISTORY), PRESENCE_TTL_MS: '600000' } })
  const room = `memory-${random.word(5)}`
  const [driver, witness] = await Promise.all([chat.member(node.port, 'driver', room), chat.member(node.port, 'witness', room)])
  const id = random.word(10)
  const first = await send(driver, room, id, 'I am at the ferry')
  const direct = await sendTo(driver, 'witness', id, 'to you alone')
  for (let i = 0; i < HISTORY + 5; i++) await send(driver, room, `m${i}`, 'pushes it out of the log')
  const again = await send(driver, room, id, 'I am at the ferry')
  did(`HISTORY is ${HISTORY}. A driver sent a message, ${HISTORY + 5} others, and the first once more, with its id.`)
  expect(again['seq'], 'seq in the ack: the first one, although the log has forgotten the message').toBe(first['seq'])

  if (steered) {
    await valkey.clock.advance(10 * MINUTE - 1000)
    did('Nine minutes and 59 seconds went by on the clock of Redis. The driver sent it once more, and its direct message, too.')
    expect((await send(driver, room, id, 'I am at the ferry'))['seq'], 'seq in the ack, after 9 minutes and 59 seconds').toBe(first['seq'])
    expect((await sendTo(driver, 'witness', id, 'to you alone'))['seq'], 'seq in the ack of the direct message').toBe(direct['seq'])
  }
  await send(driver, room, 'end', 'end')
  await witness.until('the last message', () => witness.messages({ room }).some(it => it['id'] === 'end'))
  expect(witness.messages({ room }).filter(it => it['id'] === id).length, 'times that another member got it').toBe(1)
})
