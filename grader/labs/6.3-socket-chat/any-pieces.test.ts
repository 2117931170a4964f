import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import { brief } from './support/client.ts'
import { type Frame, frame } from './support/wire.ts'

kpi('any-pieces', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node()
  /** Pings with unlike lengths: numbers of 1 to 16 digits, blanks, and a member the server does not know, up to the largest frame. */
  const pings = Array.from({ length: 40 }, (_, i) => ({
    t: 'ping',
    n: random.int(0, 10 ** random.int(1, 15)),
    pad: 'ø'.repeat(i % 8 === 7 ? random.int(2000, 30_000) : random.int(0, 40)),
  }))
  const wanted = pings.map(ping => ping.n).join(' ')
  const polite = await chat.client(node.port, 'polite')
  const n = random.int(1, 1e9)
  did('I sent hello and one ping, and waited for each answer.')
  expect((await polite.ask({ t: 'ping', n }, 'pong'))['n'], 'n of the pong').toBe(n)

  const judge = async (how: string, cut: (bytes: Buffer) => Iterable<Buffer>) => {
    const user = `driver-${random.word(4)}`
    const client = await chat.connect(node.port, { user })
    const all = Buffer.concat([client.hello as Frame, ...pings].map(one => frame(one)))
    did(`I sent hello and ${pings.length} pings (${all.length} bytes) ${how}.`)
    for (const piece of cut(all)) {
      client.raw(piece)
      // The server's kernel joins what the server has not read yet. When a ping that was sent later is answered, the piece has been read.
      await polite.ask({ t: 'ping', n: 1 }, 'pong')
      if (client.end) break
    }
    const welcome = await client.next('the answer to hello', one => one.t !== 'ping')
    if (welcome.t !== 'welcome' || welcome['user'] !== user)
      fail({ subject: 'the answer to hello', expected: `welcome, user ${user}`, saw: brief(welcome) })
    await client.until(
      `${pings.length} pongs`,
      () => client.heard.filter(one => one.t === 'pong').length >= pings.length || client.end !== undefined,
    )
    const pongs = client.heard.filter(one => one.t === 'pong').map(one => one['n'])
    expect(pongs.join(' '), 'n of the pongs').toBe(wanted)
  }

  await judge('all in one piece', bytes => [bytes])
  await judge('in random pieces', function* (bytes) {
    for (let at = 0; at < bytes.length; ) yield bytes.subarray(at, (at += random.int(1, random.pick([3, 30, 3000, 20_000]))))
  })
  await judge('byte by byte (the first 400; then the rest)', function* (bytes) {
    for (let at = 0; at < 400; at++) yield bytes.subarray(at, at + 1)
    yield bytes.subarray(400)
  })
})
