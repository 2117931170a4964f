import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { did, inconclusive, kpi } from '../../kpi/index.ts'
import { Chat, join } from './support/chat.ts'

const [ROUNDS, BURST] = [3, 20]

kpi('node-killed', async ({ learner, valkey, random, timeline, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const two = await chat.node()
  const room = `killed-${random.word(5)}`
  const witness = await chat.member(two.port, 'witness', room)
  const ledger = new Ledger()
  let killed = 0
  for (let round = 0; round < ROUNDS; round++) {
    const far = await faultProxy({ host: valkey.host, target: valkey.port, timeline, lane: `link ${round + 1} to Redis` })
    cleanup(() => far.close())
    const one = await chat.node({ redisUrl: `redis://${valkey.user}:${valkey.password}@127.0.0.1:${far.port}` })
    const sender = await chat.member(one.port, 'driver', room)
    far.set({ up: { delayMs: 100 } }, '100 ms away')
    const posts = Array.from({ length: BURST }, (_, i) => ({ id: `${round}-${i}`, body: random.word(20) }))
    for (const { id, body } of posts) {
      ledger.attempt(id, { value: body })
      sender.say({ t: 'send', id, room, body })
    }
    const acks = () => sender.heard.filter(it => it.t === 'ack')
    await sender.until('some acks', () => acks().length >= 4)
    // What the node has acknowledged, Redis has. What it has not sent yet is lost with it.
    killed += far.cut() > 0 ? 1 : 0
    await one.program.kill()
    await sender.until('the end of the connection', () => sender.end !== undefined)
    for (const ack of acks().filter(it => it['stored'] === true)) ledger.ack(String(ack['id']))
    const acked = new Set(acks().map(it => it['id']))
    did(
      `Redis is 100 ms away from a node. A driver sent it ${BURST} messages; at the fourth ack I cut that line and killed the node (kill -9).`,
    )

    const judge = await chat.client(two.port, `judge${round}`)
    const newest = (await join(judge, room, 1))['seq']
    await judge.until(
      'the room from its beginning, on the other node',
      () => newest === 0 || judge.messages({ room }).at(-1)?.['seq'] === newest,
    )
    judgeLedger(
      ledger.check(judge.messages({ room }).map(it => ({ id: String(it['id']), value: String(it['body']) }))),
      'the room’s log, read on the other node',
    )
    const back = await chat.member(two.port, 'driver', room)
    for (const { id, body } of posts.filter(it => !acked.has(it.id))) {
      await back.ask({ t: 'send', id, room, body }, 'ack', it => it['id'] === id)
      ledger.ack(id)
    }
    did('The driver came back on the other node, and sent what had not been acknowledged once more, with the same ids.')
    // Not how fast: a message that never comes is what this is about.
    await witness.until('all messages at a member there', () => witness.messages({ room }).length >= (round + 1) * BURST, 20_000)
    judgeLedger(
      ledger.check(witness.messages({ room }).map(it => ({ id: String(it['id']), value: String(it['body']) }))),
      'a member on the other node',
    )
    back.close()
    judge.close()
  }
  if (killed === 0) inconclusive('no node had a connection to Redis that could be cut')
})
