import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'
import { brief } from './support/client.ts'
import { frame, header, token } from './support/wire.ts'

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

  /** What is sent, after hello or instead of it, and the code it deserves. */
  const fatal: [what: string, bytes: Buffer, code: string, after: 'hello' | 'nothing'][] = [
    ['a ping as the first frame', frame({ t: 'ping', n: 1 }), 'hello_expected', 'nothing'],
    ['a hello without a token', frame({ t: 'hello', versions: [1] }), 'hello_expected', 'nothing'],
    [
      'a hello for versions 2 and 3',
      frame({ t: 'hello', versions: [2, 3], token: token(user, chat.secret) }),
      'unsupported_version',
      'nothing',
    ],
    ['a token signed with another secret', frame({ t: 'hello', versions: [1], token: token(user, 'guessed') }), 'unauthorized', 'nothing'],
    [
      "a name with somebody else's signature",
      frame({ t: 'hello', versions: [1], token: token('mallory', chat.secret).replace('mallory', user) }),
      'unauthorized',
      'nothing',
    ],
    ['a frame of length 0', Buffer.concat([header(0), frame({ t: 'ping', n: 7 })]), 'bad_frame', 'hello'],
    ['half of a JSON object', frame('{"t":"ping","n":'), 'bad_frame', 'hello'],
    ['a list', frame('[{"t":"ping","n":1}]'), 'bad_frame', 'hello'],
    ['an object whose t is a number', frame('{"t":1,"n":1}'), 'bad_frame', 'hello'],
    [
      'a text with a byte that UTF-8 does not have',
      frame(Buffer.concat([Buffer.from('{"t":"ping","n":1,"x":"'), Buffer.from([0xff]), Buffer.from('"}')])),
      'bad_frame',
      'hello',
    ],
    [`the 4 bytes that announce ${MAX + 1} bytes, and nothing more`, header(MAX + 1), 'frame_too_large', 'hello'],
    ['the 4 bytes ff ff ff ff', header(0xffff_ffff), 'frame_too_large', 'nothing'],
    [
      'a frame that is too large, and a megabyte behind it',
      Buffer.concat([header(MAX + 1), Buffer.alloc(1_000_000, 'x')]),
      'frame_too_large',
      'hello',
    ],
  ]
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
  did(`I sent ${fatal.length} kinds of nonsense, each on a connection of its own, while another client went on.`)

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
  did(`On one connection I sent ${mild.length} wrong but harmless frames, and a ping of exactly MAX_FRAME_BYTES.`)

  for (let i = 0; i < 100; i++) await join(client, `room-${i}`)
  client.say({ t: 'join', room: 'one-more' })
  expect(brief(await client.next('the answer to the 101st join', () => true)), 'the answer to the 101st join').toBe(
    brief({ t: 'error', code: 'too_many_rooms', fatal: false }),
  )

  const small = await chat.node({ env: { MAX_FRAME_BYTES: '16000000' }, limits: { memoryMb: 128 } })
  const announcers = await Promise.all(Array.from({ length: 60 }, () => chat.connect(small.port)))
  for (const one of announcers) one.raw(Buffer.concat([header(16_000_000), Buffer.from('{"t":"he')]))
  did('On a node with MAX_FRAME_BYTES=16000000 and 128 MB, 60 clients announced a frame of 16 MB, sent 8 bytes of it, and fell silent.')
  const last = await chat.client(small.port, user)
  expect((await last.ask({ t: 'ping', n }, 'pong'))['n'], 'the pong of a client after them').toBe(n)
})
