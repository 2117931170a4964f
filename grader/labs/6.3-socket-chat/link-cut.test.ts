import { faultProxy } from '../../experiments/fault-proxy.ts'
import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { Chat, send } from './support/chat.ts'

kpi('link-cut', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const link = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: 'link of node-2 to Redis' })
  cleanup(() => link.close())
  const [one, two] = await Promise.all([
    chat.node(),
    chat.node({ redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${link.port}` }),
  ])
  const room = `cut-${random.word(5)}`
  const user = `driver-${random.word(4)}`
  const sender = await chat.member(one.port, 'dispatch', room)
  const [there, quiet] = await Promise.all([chat.member(two.port, user, room), chat.member(two.port, 'witness', room)])
  await send(sender, room, 'before', 'all is well')
  await there.until('the message at node-2, before the cut', () => there.messages({ room }).length === 1)

  for (let round = 0; round < 3; round++) {
    const cut = link.cut()
    if (cut === 0) inconclusive('node-2 had no connection to Redis that could be cut')
    await there.until(
      'status down at the clients of node-2',
      () => there.heard.filter(it => it.t === 'status').at(-1)?.['store'] === 'down',
    )
    const missed = random.int(20, 40)
    for (let i = 0; i < missed; i++) await send(sender, room, `${round}-${i}`, random.word(20))
    await send(sender, room, `${round}-last`, 'last of this round')
    sender.say({ t: 'send', id: `${round}-direct`, to: user, body: 'and to you alone' })
    await sender.next('the ack', it => it.t === 'ack' && it['id'] === `${round}-direct`)
    link.heal()
    did(
      `I cut node-2 off from Redis; ${missed + 1} messages went to the room on node-1, and one to the driver alone; I mended the link. Nothing more was sent.`,
    )
    for (const client of [sender, there, quiet]) {
      await client.arrive(client === sender ? 'the messages at the sender' : 'what was missed, at a member on node-2', { room }, [
        ...Array.from({ length: missed }, (_, i) => `${round}-${i}`),
        `${round}-last`,
      ])
      const got = client.messages({ room }).map(it => it['id'])
      const want = sender.messages({ room }).map(it => it['id'])
      expect(
        got.join(' ') === want.join(' ') ? 'the same' : `${got.length} of ${want.length}, or another order`,
        'what the members on node-2 got, and what those on node-1 got',
      ).toBe('the same')
    }
    await there.until('the direct message', () => there.messages({ to: user }).length === round + 1)
    await there.until('status up', () => there.heard.filter(it => it.t === 'status').at(-1)?.['store'] === 'up')
  }
  await send(sender, room, 'live', 'and now without a cut')
  await there.until('a message that was sent after the link was mended', () => there.messages({ room }).some(it => it['id'] === 'live'))
  await send(there, room, 'back', 'we are back')
  await sender.until('a message from node-2 at node-1', () => sender.messages({ room }).some(it => it['id'] === 'back'))

  for (let round = 0; round < 3; round++) {
    await valkey.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    for (let i = 0; i < 10; i++) await send(sender, room, `deaf${round}-${i}`, 'who hears me?')
    did('I closed the connections to Redis that subscribe, and only those (CLIENT KILL TYPE pubsub); ten messages went to the room.')
    await there.until('the tenth message at node-2', () => there.messages({ room }).some(it => it['id'] === `deaf${round}-9`))
  }
  expect(
    there
      .messages({ room })
      .map(it => it['id'])
      .join(' ') ===
      sender
        .messages({ room })
        .map(it => it['id'])
        .join(' ')
      ? 'the same'
      : 'others, or another order',
    'what the members on node-2 got, and what those on node-1 got',
  ).toBe('the same')
})
