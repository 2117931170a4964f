import { faultProxy } from '../../experiments/fault-proxy.ts'
import { did, eventually, expect, kpi, LearnerFault } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'

kpi('starts-alone', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-2 to Redis' })
  cleanup(() => link.close())
  const one = await chat.node()
  link.cut()
  did('I started node-2 while it could not reach Redis.')
  const two = await chat.node({ redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}`, ready: false })
  await eventually(
    'the answer of node-2 to GET /ready',
    async () => {
      if (!two.program.running) throw new LearnerFault({ subject: 'node-2, without Redis', expected: 'it serves', saw: 'it has ended' })
      expect((await fetch(`${two.url}/ready`)).status, 'status').toBe(503)
      return true
    },
    { within: 8000 },
  )
  const room = `alone-${random.word(5)}`
  const there = await chat.member(one.port, 'there', room)
  const [anna, bo] = [await chat.client(two.port, 'anna'), await chat.client(two.port, 'bo')]
  expect(anna.heard[0]!['store'], 'store in the welcome').toBe('down')
  for (const client of [anna, bo]) expect((await join(client, room))['seq'], 'seq in joined').toBe(null)
  const ack = await send(anna, room, 'alone', 'is anybody here?')
  expect(`stored: ${ack['stored']}, seq: ${ack['seq']}`, 'the ack of a message').toBe('stored: false, seq: null')
  await bo.until('the message at another member on node-2', () => bo.messages({ room }).length === 1)

  link.heal()
  did('Two clients talked on it. Then I let it reach Redis, for the first time.')
  for (const client of [anna, bo])
    await client.until('status up', () => client.heard.filter(it => it.t === 'status').at(-1)?.['store'] === 'up')
  expect((await send(anna, room, 'alone', 'is anybody here?'))['stored'], 'stored, when Anna sent it again').toBe(true)
  await there.until('the message at a member on node-1', () => there.messages({ room }).some(it => it['id'] === 'alone'))
  await send(there, room, 'answer', 'I am')
  for (const [client, name] of [
    [anna, 'Anna'],
    [bo, 'Bo'],
  ] as const)
    await client.arrive(`the answer from node-1 at ${name}, who joined without Redis`, { room }, ['answer'])
  await eventually('who, on node-1, about one on node-2', async () => {
    expect((await there.ask({ t: 'who', user: 'bo' }, 'presence'))['status'], 'who').toBe('online')
    return true
  })
})
