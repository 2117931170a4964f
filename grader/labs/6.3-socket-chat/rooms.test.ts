import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, join, send } from './support/chat.ts'
import { frame } from './support/wire.ts'

kpi('rooms', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node()
  const channels = async () => ((await valkey.admin.pubsub('CHANNELS', `${valkey.prefix}*`)) as string[]).length
  const subscribed = await channels()
  const [north, south] = [`north-${random.word(5)}`, `south-${random.word(5)}`]
  const names = ['anna', 'bo', 'chris', 'dag'].map(name => `${name}-${random.word(3)}`)
  const [anna, bo, chris, dag] = await Promise.all([
    chat.member(node.port, names[0]!, north, south),
    chat.member(node.port, names[1]!, north),
    chat.member(node.port, names[2]!, south),
    chat.client(node.port, names[3]!),
  ])
  did('One node, two rooms. Anna is in both, Bo in the first, Chris in the second, Dag in none.')
  /** Every kind of text: lengths in bytes and in characters differ. */
  const bodies = [
    `kjøl ${random.word(6)}`,
    '冷却 🚚 "quoted" \\ \n line',
    '',
    'x'.repeat(random.int(1000, 5000)),
    `{"t":"msg"}${random.int(0, 99)}`,
  ]
  for (const [i, body] of bodies.entries()) await send(i % 2 ? bo : anna, north, `n${i}`, body)
  await send(chris, south, 's0', 'to the south')
  did(`Anna and Bo sent ${bodies.length} messages to the first room, Chris one to the second.`)

  const told = (who: typeof anna, room: string) => who.messages({ room }).map(one => `${one['from']}: ${one['id']}: ${one['body']}`)
  const wanted = bodies.map((body, i) => `${i % 2 ? names[1] : names[0]}: n${i}: ${body}`)
  for (const [who, name] of [
    [anna, 'Anna'],
    [bo, 'Bo'],
  ] as const) {
    await who.arrive(
      `the messages of the first room at ${name}`,
      { room: north },
      bodies.map((_, i) => `n${i}`),
    )
    expect(told(who, north), `what ${name} got from the first room`).toEqual(wanted)
  }
  await anna.arrive('the message of the second room at Anna', { room: south }, ['s0'])
  const seqs = bo.messages({ room: north }).map(one => one['seq'] as number)
  expect(
    seqs.every((seq, i) => Number.isSafeInteger(seq) && seq > 0 && (i === 0 || seq === seqs[i - 1]! + 1)) ? 'yes' : seqs.join(' '),
    'seq is a positive whole number, and each is one more than the last',
  ).toBe('yes')

  await bo.ask({ t: 'leave', room: north }, 'left', one => one['room'] === north)
  await send(anna, north, 'after', 'Bo has left')
  bo.say({ t: 'send', id: 'late', room: north, body: 'may I?' })
  expect(
    (await bo.next('the answer to a send after leaving', one => one.t === 'error' || one.t === 'ack'))['code'],
    'the answer to a send after leaving',
  ).toBe('not_member')
  await anna.until('her own message at Anna', () => anna.messages({ room: north }).some(one => one['id'] === 'after'))
  expect(told(bo, north).length, 'messages that Bo got, also after he left').toBe(bodies.length)

  const joined = await join(dag, north)
  expect(joined['seq'], 'seq in joined: that of the newest message').toBe(anna.messages({ room: north }).at(-1)!['seq'])
  const third = `third-${random.word(5)}`
  dag.raw(
    Buffer.concat(
      [
        { t: 'join', room: third },
        { t: 'send', id: 'p1', room: third, body: 'one' },
        { t: 'send', id: 'p2', room: third, body: 'two' },
      ].map(one => frame(one)),
    ),
  )
  did('Dag sent a join and two messages for that room in one piece, without waiting for the answer.')
  const heard = () => dag.heard.filter(one => one.t === 'error' || (one['room'] === third && one.t !== 'ack'))
  await dag.until('joined and an answer to each of the two', () => heard().length >= 3)
  expect(
    heard().map(one => `${one.t} ${one['id'] ?? one['code'] ?? ''}`.trim()),
    'what Dag heard of the room',
  ).toEqual(['joined', 'msg p1', 'msg p2'])
  expect(
    told(dag, north).length + told(chris, north).length,
    'messages of the first room from before at those who joined later, or never',
  ).toBe(0)

  await join(dag, third)
  await send(dag, third, 'once', 'I have joined twice')
  await send(dag, third, 'end', 'end')
  did('Dag joined that room a second time, and sent two more.')
  await dag.until('the last of them', () => dag.messages({ room: third }).some(one => one['id'] === 'end'))
  expect(
    dag.messages({ room: third }).map(one => one['id']),
    'what Dag got from the room',
  ).toEqual(['p1', 'p2', 'once', 'end'])

  for (const client of [anna, bo, chris, dag]) client.close()
  did('All four closed their connections.')
  await eventually(
    'the channels in Redis that the node is subscribed to are as many as before anybody came',
    async () => {
      expect(await channels(), 'channels').toBe(subscribed)
      return true
    },
    { within: 3000 },
  )
})
