import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import { brief } from './support/client.ts'
import { nonsense } from './support/nonsense.ts'
import { frame, header } from './support/wire.ts'

const MAX = 20_000

kpi('bad-frames', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({ env: { MAX_FRAME_BYTES: String(MAX) } })
  const neighbour = await chat.client(node.port, 'neighbour')
  let n = random.int(1, 1e6)
  const unharmed = async (what: string) => {
    const answer = await neighbour.ask({ t: 'ping', n: ++n }, 'pong')
    expect(answer['n'], `the pong that another client got after ${what}`).toBe(n)
  }
  const sized = (bytes: number) => frame(`{"t":"ping","n":5,"pad":"${'x'.repeat(bytes - '{"t":"ping","n":5,"pad":""}'.length)}"}`)
  const user = `eve-${random.word(5)}`

  const fatal = nonsense(MAX, user, chat.secret)
  did(`I sent ${fatal.length} kinds of nonsense, each on a connection of its own, while another client went on.`)
  for (const [what, bytes, code, after] of random.shuffle(fatal)) {
    const client = after === 'hello' ? await chat.client(node.port, user) : await chat.connect(node.port, { user })
    client.raw(bytes)
    const answer = await client.next(`the answer to ${what}`, one => one.t !== 'ping')
    if (answer.t !== 'error' || answer['code'] !== code || answer['fatal'] !== true)
      fail({ subject: `the answer to ${what}`, expected: `error ${code}, fatal: true`, saw: brief(answer) })
    await client.until(`the end of the connection after ${what}`, () => client.end !== undefined)
    expect(client.end, `how the connection ended after ${what}`).toBe('FIN')
    expect(client.heard.at(-1)!.t, `the last frame after ${what}`).toBe('error')
    await unharmed(what)
  }
  const newer = await chat.connect(node.port, { user })
  const welcome = await newer.ask({ ...newer.hello, versions: [7, 1] }, 'welcome')
  did('I said hello for versions 7 and 1.')
  expect(`version ${welcome['version']}, maxFrameBytes ${welcome['maxFrameBytes']}`, 'the welcome').toBe(`version 1, maxFrameBytes ${MAX}`)
  await newer.ask({ t: 'ping', n: 3 }, 'pong')
  newer.raw(Buffer.concat([frame({ t: 'ping', n: 4 }), header(MAX + 1)]))
  did('In one piece I sent a good ping, and the 4 bytes that announce a frame that is too large.')
  const answers = [
    await newer.next('the answer to the good ping', () => true),
    await newer.next('the answer to what came behind it', () => true),
  ]
  expect(answers.map(one => one['code'] ?? one.t).join(', '), 'the answers').toBe('pong, frame_too_large')

  const client = await chat.client(node.port, user)
  const id = random.word(10)
  const mild: [what: string, one: object, code: string, id?: string][] = [
    ['an unknown t', { t: 'teleport', id }, 'bad_request', id],
    ['t: constructor', { t: 'constructor' }, 'bad_request'],
    ['a second hello', client.hello, 'bad_request'],
    ['a join without a room', { t: 'join' }, 'bad_request'],
    ['a room with a colon in its name', { t: 'join', room: 'a:b' }, 'bad_request'],
    ['a send without a body', { t: 'send', id, room: 'r' }, 'bad_request', id],
    ['a send to a room that it has not joined', { t: 'send', id, room: 'r', body: 'x' }, 'not_member', id],
  ]
  did(`On one connection I sent ${mild.length} wrong but harmless frames, and a ping of exactly MAX_FRAME_BYTES.`)
  for (const [what, one, code, wantedId] of random.shuffle(mild)) {
    client.say(one)
    const answer = await client.next(`the answer to ${what}`, () => true)
    if (answer.t !== 'error' || answer['code'] !== code || answer['fatal'] !== false || answer['id'] !== wantedId)
      fail({
        subject: `the answer to ${what}`,
        expected: `error ${code}, fatal: false${wantedId ? `, id: ${wantedId}` : ''}`,
        saw: brief(answer),
      })
  }
  client.raw(sized(MAX))
  expect(
    (await client.next(`the answer to a ping of exactly ${MAX} bytes`, () => true)).t,
    `the answer to a ping of exactly ${MAX} bytes`,
  ).toBe('pong')

  did('I joined a hundred rooms, then one more, then one of the hundred again.')
  for (let i = 0; i < 100; i++) await join(client, `room-${i}`)
  client.say({ t: 'join', room: 'one-more' })
  expect(brief(await client.next('the answer to the 101st join', () => true)), 'the answer to the 101st join').toBe(
    brief({ t: 'error', code: 'too_many_rooms', fatal: false }),
  )
  await join(client, 'room-7')

  const small = await chat.node({ env: { MAX_FRAME_BYTES: '16000000' }, limits: { memoryMb: 128 } })
  const announcers = await Promise.all(Array.from({ length: 60 }, () => chat.connect(small.port)))
  for (const one of announcers) one.raw(Buffer.concat([header(16_000_000), Buffer.from('{"t":"he')]))
  did('On a node with MAX_FRAME_BYTES=16000000 and 128 MB, 60 clients announced a frame of 16 MB, sent 8 bytes of it, and fell silent.')
  const last = await chat.client(small.port, user)
  expect((await last.ask({ t: 'ping', n }, 'pong'))['n'], 'the pong of a client after them').toBe(n)
})
