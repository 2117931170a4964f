import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, sendTo } from './support/chat.ts'

kpi('direct-messages', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const [one, two] = await Promise.all([chat.node(), chat.node()])
  const [driver, dispatch] = [`driver-${random.word(4)}`, `dispatch-${random.word(4)}`]
  const from = await chat.client(one.port, dispatch)
  const [phone, tablet, stranger] = await Promise.all([
    chat.client(one.port, driver),
    chat.client(two.port, driver),
    chat.client(two.port, 'stranger'),
  ])
  const texts = Array.from({ length: 6 }, () => `gate ${random.int(1, 99)} ${random.word(5)}`)
  for (const [i, text] of texts.entries()) await sendTo(from, driver, `d${i}`, text)
  did(`The dispatch, on node-1, sent ${texts.length} direct messages to a driver who is connected twice: on node-1 and on node-2.`)
  const told = (client: typeof phone) => client.messages({ to: driver }).map(it => `${it['from']}: ${it['id']}: ${it['body']}`)
  const wanted = texts.map((text, i) => `${dispatch}: d${i}: ${text}`)
  for (const [device, name] of [
    [phone, 'phone'],
    [tablet, 'tablet'],
  ] as const) {
    await device.arrive(
      `the messages at the driver's ${name}`,
      { to: driver },
      texts.map((_, i) => `d${i}`),
    )
    expect(told(device), `what the driver's ${name} got`).toEqual(wanted)
  }
  expect(from.messages({ to: driver }).length + stranger.messages({ to: driver }).length, 'direct messages that others got').toBe(0)

  const seqs = phone.messages({ to: driver }).map(it => it['seq'] as number)
  const kept = random.int(2, texts.length - 2)
  phone.say({ t: 'got', seq: seqs[kept - 1] })
  // Frames take effect in the order sent: the answer of Redis about who comes after its word about got.
  await phone.ask({ t: 'who', user: driver }, 'presence')
  for (const device of [phone, tablet]) device.close()
  const more = Array.from({ length: 5 }, () => `ferry ${random.int(1, 99)} ${random.word(5)}`)
  for (const [i, text] of more.entries()) await sendTo(from, driver, `m${i}`, text)
  did(`The driver said got for the first ${kept}, and lost both connections. The dispatch sent ${more.length} more.`)

  const back = await chat.client(two.port, driver)
  const rest = [...texts.keys()]
    .slice(kept)
    .map(i => `d${i}`)
    .concat([...more.keys()].map(i => `m${i}`))
  did('The driver came back, on node-2.')
  await back.arrive('the messages that wait for the driver', { to: driver }, rest)
  await sendTo(from, driver, 'live', 'are you there?')
  await back.arrive('the next message', { to: driver }, ['live'])
  const idsAt = (client: typeof phone) => client.messages({ to: driver }).map(it => it['id'])
  expect(idsAt(back), 'what the driver got: all that no got has confirmed, then live ones').toEqual([...rest, 'live'])
  expect(told(back).at(-1), 'the last of them').toBe(`${dispatch}: live: are you there?`)
  const all = back.messages({ to: driver }).map(it => it['seq'] as number)
  back.say({ t: 'got', seq: all.at(-1) })
  await back.ask({ t: 'who', user: driver }, 'presence')

  const again = await chat.client(one.port, driver)
  await sendTo(from, driver, 'last', 'one more')
  await again.until('the message that was sent after got', () => again.messages({ to: driver }).length >= 1)
  did('The driver said got for all of them, and came back once more; one more was sent.')
  expect(idsAt(again), 'what the driver got').toEqual(['last'])
  expect(
    (again.messages({ to: driver })[0]!['seq'] as number) === all.at(-1)! + 1
      ? 'yes'
      : `${all.at(-1)}, then ${again.messages({ to: driver })[0]!['seq']}`,
    'seq goes on after an emptied inbox',
  ).toBe('yes')
})
