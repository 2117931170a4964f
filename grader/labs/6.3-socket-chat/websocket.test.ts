import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Chat, send } from './support/chat.ts'
import { PATIENCE } from './support/client.ts'
import { token } from './support/wire.ts'
import { WsPeer } from './support/ws.ts'

kpi('websocket', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({ env: { OUTBOX_BYTES: '200000' } })
  const peer = async (options: Parameters<WsPeer['open']>[1] = {}) => {
    const one = new WsPeer()
    cleanup(() => one.socket.destroy())
    return one.open(node.httpPort, options)
  }
  const room = `web-${random.word(5)}`
  const tcp = await chat.member(node.port, 'driver', room)

  const raw = await peer()
  expect(raw.status, 'status of the answer to the handshake').toBe('101')
  expect((await peer({ headers: { 'sec-websocket-version': '8' } })).status, 'status for Sec-WebSocket-Version: 8').toBe('426')
  expect((await peer({ headers: { 'sec-websocket-key': 'c2hvcnQ=' } })).status, 'status for a key that is not 16 bytes').toBe('400')

  // A client that the grader did not write.
  const browser = new WebSocket(`ws://127.0.0.1:${node.httpPort}/ws`)
  cleanup(() => browser.close())
  const heard: Record<string, unknown>[] = []
  let size = 0
  let closed = ''
  browser.onmessage = event => {
    heard.push(JSON.parse(String(event.data)))
    size = String(event.data).length
  }
  browser.onclose = event => {
    closed = String(event.code)
  }
  const until = (what: string, holds: () => boolean) =>
    eventually(
      what,
      () => {
        if (holds()) return true
        throw new Error(
          closed
            ? `the connection was closed (${closed})`
            : `nothing of the kind; last: ${JSON.stringify(heard.at(-1) ?? 'nothing').slice(0, 100)}`,
        )
      },
      { within: PATIENCE },
    )
  const opened = Promise.withResolvers<boolean>()
  browser.onopen = () => opened.resolve(true)
  browser.onerror = () => opened.resolve(false)
  expect((await opened.promise) ? 'open' : 'refused', "the connection of Node's own WebSocket client").toBe('open')
  browser.send(JSON.stringify({ t: 'hello', versions: [1], token: token('dispatch', chat.secret) }))
  browser.send(JSON.stringify({ t: 'join', room }))
  await until('joined', () => heard.some(one => one['t'] === 'joined'))
  did("Node's own WebSocket client said hello and joined a room in which a TCP client is.")

  const texts = [`kjøl ${random.word(6)}`, '冷 🚚', 'x'.repeat(200), 'y'.repeat(65_470), '']
  for (const [i, body] of texts.entries()) {
    await send(tcp, room, `t${i}`, body)
    browser.send(JSON.stringify({ t: 'send', id: `w${i}`, room, body }))
    await until('the ack', () => heard.some(one => one['t'] === 'ack' && one['id'] === `w${i}`))
  }
  const wanted = texts.flatMap((body, i) => [`driver t${i} ${body}`, `dispatch w${i} ${body}`])
  const told = (list: Record<string, unknown>[]) =>
    list.filter(one => one['t'] === 'msg').map(one => `${one['from']} ${one['id']} ${one['body']}`)
  await until('all messages at the WebSocket client', () => told(heard).length >= wanted.length)
  await tcp.until('all messages at the TCP client', () => tcp.messages({ room }).length >= wanted.length)
  for (const [who, got] of [
    ['WebSocket', told(heard)],
    ['TCP', told(tcp.heard)],
  ] as const)
    expect(
      got.join('\n') === wanted.join('\n') ? 'all, in order' : `${got.length} of ${wanted.length}, or others`,
      `what the ${who} client got`,
    ).toBe('all, in order')
  await send(tcp, room, 'e0', '')
  await until('an empty message', () => heard.at(-1)?.['id'] === 'e0')
  const head = size
  // RFC 6455, section 5.2: the length is written in three ways, and changes at 126 and at 65,536.
  const lengths = [124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537]
  did(`Messages went to the room that make payloads of ${lengths.join(', ')} bytes at the WebSocket client.`)
  for (const [i, length] of lengths.entries()) {
    await send(tcp, room, `l${i}`, 'z'.repeat(length - head))
    await until(`a payload of ${length} bytes`, () => heard.at(-1)?.['id'] === `l${i}`)
    expect(size, 'bytes of the payload').toBe(length)
  }
  browser.send(JSON.stringify({ t: 'bye' }))
  await until('the end', () => closed !== '')
  expect(closed, 'the close code after bye').toBe('1000')

  const forged = await peer()
  forged.say({ t: 'hello', versions: [1], token: token('dispatch', 'guessed') })
  await forged.until('the close frame', () => forged.closeCode !== undefined)
  expect(`${forged.frames.at(-1)?.['code']}, ${forged.closeCode}`, 'the error and the close code for a forged token').toBe(
    'unauthorized, 1008',
  )
  const slow = await peer()
  slow.say({ t: 'hello', versions: [1], token: token('slow', chat.secret) })
  slow.say({ t: 'join', room })
  await slow.until('joined', () => slow.frames.some(one => one['t'] === 'joined'))
  slow.socket.pause()
  did('A WebSocket client stopped reading; OUTBOX_BYTES is 200000. Messages of 60000 bytes went to its room.')
  const gone = async () => (await scrape(node.url)).sum('chat_closed_total', { reason: 'slow_consumer' }) > 0
  for (let i = 0; i < 120 && !(await gone()); i++) await send(tcp, room, `big${i}`, 'x'.repeat(60_000))
  expect((await gone()) ? 'let go' : 'kept, after 7 MB', 'the client that does not read').toBe('let go')

  const last = await peer()
  last.say({ t: 'hello', versions: [1], token: token('dispatch', chat.secret) })
  await last.until('welcome', () => last.frames.some(one => one['t'] === 'welcome'))
  const ended = node.program.stop(20_000)
  did('I sent SIGTERM to the node.')
  await last.until('the close frame', () => last.closeCode !== undefined)
  expect(`${last.frames.at(-1)?.['t']}, ${last.closeCode}`, 'the last frame, and the close code, when the node ends').toBe('bye, 1000')
  await ended
})
