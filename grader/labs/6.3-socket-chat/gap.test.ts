import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'

kpi('gap', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const driver = `driver-${random.word(4)}`
  const short = await chat.node({ env: { HISTORY: '20' } })
  const [old, keeper] = [`old-${random.word(5)}`, await chat.client(short.port, driver)]
  await join(keeper, old)
  const first = (await send(keeper, old, 'first', 'first'))['seq'] as number
  for (let i = 0; i < 18; i++) await send(keeper, old, `a${i}`, 'still kept')
  const complete = await chat.client(short.port, driver)
  expect((await join(complete, old, first))['gap'], 'gap, when everything after it is kept').toBe(false)
  for (let i = 0; i < 12; i++) await send(keeper, old, `b${i}`, 'pushes the oldest out')
  const partial = await chat.client(short.port, driver)
  const joined = await join(partial, old, first)
  did('With HISTORY=20, the driver asked for what came after a message, when 18 and when 30 had come since.')
  expect(joined['gap'], 'gap, when some of it is gone').toBe(true)
  await partial.until('the kept messages', () => partial.messages({ room: old }).length >= 20)
  expect(
    partial
      .messages({ room: old })
      .map(it => it['seq'])
      .join(' '),
    'seqs that the driver got: the last 20',
  ).toBe(Array.from({ length: 20 }, (_, i) => first + 11 + i).join(' '))
})
