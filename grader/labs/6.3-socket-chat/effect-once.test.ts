import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, send, sendTo } from './support/chat.ts'

const IDS = 150

kpi('effect-once', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const [one, two] = await Promise.all([chat.node(), chat.node()])
  const room = `once-${random.word(5)}`
  const other = `other-${random.word(5)}`
  const user = `driver-${random.word(4)}`
  const [here, there, witness] = await Promise.all([
    chat.member(one.port, user, room, other),
    chat.member(two.port, user, room),
    chat.member(two.port, 'witness', room, other),
  ])
  const id = random.word(12)

  const first = await send(here, room, id, 'I am at the ferry')
  const second = await send(here, room, id, 'I am at the ferry')
  const third = await send(there, room, id, 'I am at the ferry')
  did('A driver sent a message to node-1, then the same id again, then the same id to node-2: each time as if the ack had been lost.')
  expect([first['seq'], second['seq'], third['seq']], 'seq in the three acks').toEqual([first['seq'], first['seq'], first['seq']])

  const ids = Array.from({ length: IDS }, (_, i) => `${i}-${random.word(6)}`)
  // One id after the other: in one burst a busy machine lets one node finish all before the other begins.
  for (const it of ids) {
    for (const client of random.shuffle([here, there])) client.say({ t: 'send', id: it, room, body: `at the same time ${it}` })
    for (const client of [here, there])
      await client.until(`the ack of ${it}`, () => client.heard.some(got => got.t === 'ack' && got['id'] === it))
  }
  did(`Then ${IDS} ids, each to both nodes at the same time.`)
  const seqsAt = (client: typeof here) => new Map(client.heard.filter(got => got.t === 'ack').map(got => [got['id'], got['seq']]))
  const [a, b] = [seqsAt(here), seqsAt(there)]
  const unlike = ids.filter(it => a.get(it) !== b.get(it))
  expect(unlike.length, 'ids that were acknowledged with two different seqs').toBe(0)

  const others = await send(witness, room, id, 'the same id, another sender')
  await send(here, other, id, 'the same id, another room')
  const last = await send(here, room, `end-${id}`, 'end')
  for (const client of [here, there, witness]) {
    await client.until('the last message', () => client.messages({ room }).some(got => got['id'] === `end-${id}`))
    const times = new Map<string, number>()
    for (const got of client.messages({ room }))
      times.set(`${got['from']}/${got['id']}`, (times.get(`${got['from']}/${got['id']}`) ?? 0) + 1)
    const doubled = [...times].filter(([, count]) => count > 1)
    expect(
      doubled.length === 0 ? 'none' : `${doubled.length}, e.g. ${doubled[0]![0]} ×${doubled[0]![1]}`,
      'messages that a member got twice',
    ).toBe('none')
    expect(client.messages({ room }).length, 'messages that a member got: one for each (from, id)').toBe(IDS + 3)
  }
  await witness.until('the message of the other room', () => witness.messages({ room: other }).length === 1)
  did('The same id of another sender, and in another room, is another message.')
  expect((last['seq'] as number) - (first['seq'] as number), 'seqs used').toBe(IDS + 2)
  expect(others['seq'] === first['seq'] ? 'the same' : 'another', 'seq of the other sender with the same id').toBe('another')

  const direct = [await sendTo(here, 'witness', 'dm', 'to you alone'), await sendTo(there, 'witness', 'dm', 'to you alone')]
  await sendTo(here, 'witness', 'dm-end', 'end')
  did('The driver sent a direct message to node-1, and again, with the same id, to node-2.')
  await witness.until('the last direct message', () => witness.messages({ to: 'witness' }).some(got => got['id'] === 'dm-end'))
  expect(
    witness.messages({ to: 'witness' }).map(got => got['id']),
    'the direct messages that came',
  ).toEqual(['dm', 'dm-end'])
  expect(direct[1]!['seq'], 'seq in the second ack of the direct message').toBe(direct[0]!['seq'])
})
