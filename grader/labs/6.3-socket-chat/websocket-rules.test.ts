import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import { token } from './support/wire.ts'
import { WsPeer, type WsPiece, wsFrame } from './support/ws.ts'

const CLOSE_1000 = Buffer.from([0x03, 0xe8])

kpi('websocket-rules', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({ env: { MAX_FRAME_BYTES: '20000' } })
  const hello = JSON.stringify({ t: 'hello', versions: [1], token: token('driver', chat.secret) })
  const peer = async (behind?: Buffer) => {
    const one = new WsPeer()
    cleanup(() => one.socket.destroy())
    await one.open(node.httpPort, behind ? { behind } : {})
    return one
  }
  const welcome = async (behind?: Buffer) => {
    const one = await peer(behind)
    if (!behind) one.send({ opcode: 1, payload: hello })
    await one.until('welcome', () => one.frames.some(frame => frame['t'] === 'welcome'))
    return one
  }
  await welcome(wsFrame({ opcode: 1, payload: hello }))
  did('I sent hello together with the handshake, in one piece.')

  const one = await welcome()
  const beat = random.word(20)
  one.send({ opcode: 9, payload: beat })
  one.send({ opcode: 10, payload: 'a PONG that nobody asked for' })
  await one.until('a PONG', () => one.heard.some(frame => frame.opcode === 10))
  expect(one.heard.find(frame => frame.opcode === 10)!.payload.toString(), 'payload of the PONG: that of the PING').toBe(beat)

  // A ping of the chat in pieces, with a PING of the WebSocket between them; ü is cut in the middle of its two bytes.
  const n = random.int(1, 1e9)
  const text = Buffer.from(JSON.stringify({ t: 'ping', pad: 'ü'.repeat(random.int(10, 50)), n }))
  const cuts = [text.indexOf('ü') + 1, text.indexOf('ü') + 1, text.length - 3]
  one.send({ fin: false, opcode: 1, payload: text.subarray(0, cuts[0]) })
  one.send({ opcode: 9, payload: 'between' })
  one.send({ fin: false, opcode: 0, payload: '' }, { fin: false, opcode: 0, payload: text.subarray(cuts[1], cuts[2]) })
  one.send({ opcode: 0, payload: text.subarray(cuts[2]) })
  did('I sent one text message in four fragments, with a PING between them.')
  await one.until('the answer to a message in fragments', () => one.frames.some(frame => frame['t'] === 'pong'))
  expect(one.frames.find(frame => frame['t'] === 'pong')!['n'], 'n in the answer').toBe(n)
  const order = one.heard
    .filter(frame => frame.opcode === 10 || (frame.opcode === 1 && frame.payload.includes('"pong"')))
    .map(frame => (frame.opcode === 10 ? frame.payload.toString() : 'answer'))
  expect(order.join(' '), 'the order of the answers: PONGs at once, the answer when the message is whole').toBe(`${beat} between answer`)

  const bytes = wsFrame({ opcode: 1, payload: JSON.stringify({ t: 'ping', n: n + 1, pad: 'z'.repeat(300) }) })
  for (let i = 0; i < bytes.length; i++) {
    one.socket.write(bytes.subarray(i, i + 1))
    if (i < 20) await new Promise(resolve => setImmediate(resolve))
  }
  await one.until('the answer to a frame that came byte by byte', () => one.frames.some(frame => frame['n'] === n + 1))
  expect(one.heard.some(frame => frame.masked) ? 'masked' : 'not masked', 'frames of the server').toBe('not masked')

  one.send({ opcode: 8, payload: CLOSE_1000 })
  await one.until('the close frame', () => one.closeCode !== undefined)
  expect(one.closeCode, 'the close code in answer to 1000').toBe(1000)
  await one.until('FIN', () => one.end !== undefined)

  const breaches: [what: string, pieces: WsPiece[], code: number][] = [
    ['a frame without a mask', [{ opcode: 1, masked: false, payload: '{"t":"ping","n":1}' }], 1002],
    ['a reserved bit', [{ opcode: 1, rsv: random.pick([1, 2, 4]), payload: '{"t":"ping","n":1}' }], 1002],
    ['a reserved opcode', [{ opcode: random.pick([3, 5, 7, 11, 15]), payload: '' }], 1002],
    ['a PING in fragments', [{ fin: false, opcode: 9, payload: 'x' }], 1002],
    ['a PING of 126 bytes', [{ opcode: 9, payload: 'x'.repeat(126) }], 1002],
    ['a continuation of nothing', [{ opcode: 0, payload: 'x' }], 1002],
    [
      'a new message inside another',
      [
        { fin: false, opcode: 1, payload: '{' },
        { opcode: 1, payload: '}' },
      ],
      1002,
    ],
    ['a close frame of one byte', [{ opcode: 8, payload: 'x' }], 1002],
    ['close code 1005', [{ opcode: 8, payload: Buffer.from([0x03, 0xed]) }], 1002],
    ['a binary message', [{ opcode: 2, payload: 'x' }], 1003],
    ['a message over MAX_FRAME_BYTES', [{ opcode: 1, payload: ' '.repeat(20_001) }], 1009],
    ['text that is not UTF-8', [{ opcode: 1, payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }], 1007],
    [
      'fragments that are too large together',
      Array.from({ length: 3 }, (_, i) => ({ fin: i === 2, opcode: i === 0 ? 1 : 0, payload: 'x'.repeat(9000) })),
      1009,
    ],
  ]
  for (const [what, pieces, code] of random.shuffle(breaches)) {
    const breaker = await welcome()
    breaker.send(...pieces)
    await breaker.until(`the close frame after ${what}`, () => breaker.closeCode !== undefined || breaker.end !== undefined)
    expect(breaker.closeCode ?? 'no close frame', `the close code after ${what}`).toBe(code)
    await breaker.until(`the end after ${what}`, () => breaker.end !== undefined)
  }
  did(`I broke ${breaches.length} rules of RFC 6455, each on a connection of its own.`)
})
