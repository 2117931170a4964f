import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, join, send, sendTo } from './support/chat.ts'

kpi('redis-down', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const env = { STORE_TIMEOUT_MS: '1000' }
  const [one, two] = await Promise.all([chat.node({ env }), chat.node({ env })])
  const room = `ferry-${random.word(5)}`
  const [anna, bo, chris] = await Promise.all([
    chat.member(one.port, 'anna', room),
    chat.member(one.port, 'bo', room),
    chat.member(two.port, 'chris', room),
  ])
  const before = await send(anna, room, 'before', 'Redis is here')
  await bo.until('the message', () => bo.messages({ room }).length === 1)

  await valkey.kill()
  did('Anna and Bo are on node-1, Chris on node-2. I killed Redis (kill -9).')
  for (const client of [anna, bo, chris])
    await client.until('status down', () => client.heard.some(it => it.t === 'status' && it['store'] === 'down'))
  const texts = Array.from({ length: 4 }, (_, i) => [`down${i}`, random.word(12)] as const)
  for (const [id, body] of texts) {
    const ack = await send(anna, room, id, body)
    expect(`stored: ${ack['stored']}, seq: ${ack['seq']}`, 'the ack while Redis is down').toBe('stored: false, seq: null')
  }
  await bo.arrive(
    'the messages at Bo, on the same node',
    { room },
    texts.map(([id]) => id),
  )
  expect(
    bo
      .messages({ room })
      .slice(1)
      .map(it => `${it['id']} ${it['body']} ${it['seq']}`),
    'what Bo got while Redis was down',
  ).toEqual(texts.map(([id, body]) => `${id} ${body} null`))
  expect((await sendTo(bo, 'anna', 'dm', 'psst'))['stored'], 'stored in the ack of a direct message').toBe(false)
  await anna.until('the direct message at Anna', () => anna.messages({ to: 'anna' }).length === 1)
  expect((await anna.ask({ t: 'who', user: 'bo' }, 'presence'))['status'], 'who, while Redis is down').toBe('unknown')
  const dag = await chat.client(one.port, 'dag')
  expect(dag.heard[0]!['store'], 'store in the welcome of one who came meanwhile').toBe('down')
  const joined = await join(dag, room, before['seq'] as number)
  expect(joined['seq'], 'seq in joined, while Redis is down').toBe(null)
  await send(anna, room, 'dag', 'hello Dag')
  await dag.until('the message at Dag', () => dag.messages({ room }).some(it => it['id'] === 'dag'))

  await valkey.start()
  did('I started Redis again: it is empty. Anna sent everything once more, with the same ids.')
  for (const client of [anna, bo, chris, dag])
    await client.until('status up', () => client.heard.filter(it => it.t === 'status').at(-1)?.['store'] === 'up')
  let last = before['seq'] as number
  for (const [id, body] of [...texts, ['dag', 'hello Dag'] as const]) {
    const ack = await send(anna, room, id, body)
    expect(ack['stored'], 'stored, when Redis is back').toBe(true)
    expect((ack['seq'] as number) > last ? 'yes' : `${ack['seq']} after ${last}`, 'seq goes on above what was before').toBe('yes')
    last = ack['seq'] as number
  }
  const wanted = [...texts.map(([id]) => id), 'dag']
  for (const [client, name] of [
    [bo, 'Bo'],
    [chris, 'Chris'],
    [dag, 'Dag, who joined without Redis'],
  ] as const) {
    const stored = () =>
      client
        .messages({ room })
        .filter(it => typeof it['seq'] === 'number' && it['id'] !== 'before')
        .map(it => it['id'])
    await client.until(`the stored messages at ${name}`, () => stored().length >= wanted.length)
    expect(stored(), `what ${name} got with a seq`).toEqual(wanted)
  }
  await eventually(
    'who knows again',
    async () => {
      expect((await chris.ask({ t: 'who', user: 'bo' }, 'presence'))['status'], 'who').toBe('online')
      return true
    },
    { within: 10_000 },
  )

  await valkey.pause()
  did('I stopped Redis (SIGSTOP): connections stay open, no reply comes. STORE_TIMEOUT_MS is 1000.')
  const ack = await send(anna, room, 'hangs', 'does anybody hear me?')
  await bo.until('the message at Bo', () => bo.messages({ room }).some(it => it['id'] === 'hangs'))
  expect(ack['stored'], 'stored, when Redis does not answer').toBe(false)
  expect((await anna.ask({ t: 'who', user: 'bo' }, 'presence'))['status'], 'who, when Redis does not answer').toBe('unknown')
  await valkey.resume()
  await anna.until('status up after SIGCONT', () => anna.heard.filter(it => it.t === 'status').at(-1)?.['store'] === 'up')
  expect((await send(anna, room, 'hangs', 'does anybody hear me?'))['stored'], 'stored, when it was sent again').toBe(true)
  await chris.until('the message at Chris', () => chris.messages({ room }).some(it => it['id'] === 'hangs'))
  const ids = chris.messages({ room }).map(it => it['id'])
  expect(ids.filter(id => id === 'hangs').length, 'times that Chris got it').toBe(1)
})
