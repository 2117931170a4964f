import { faultProxy } from '../../experiments/fault-proxy.ts'
import { judgeLedger, Ledger } from '../../experiments/ledger.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { Chat, send } from './support/chat.ts'

const PER_SENDER = 120

kpi('one-order', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  // No timeline: the delay changes too often to be looked at.
  const far = await faultProxy({ host: valkey.host, target: valkey.port })
  cleanup(() => far.close())
  const redisUrl = `redis://${valkey.user}:${valkey.password}@127.0.0.1:${far.port}`
  const [one, two] = await Promise.all([chat.node(), chat.node({ redisUrl })])
  const room = `order-${random.word(5)}`
  const members = await Promise.all([one, one, two, two].map((node, i) => chat.member(node.port, `user${i}-${random.word(3)}`, room)))
  const ledger = new Ledger()
  const total = PER_SENDER * members.length + 10
  did('Five times a message from node-1, and then one from node-2, whose reply from Redis overtakes the publication of the first.')
  for (let round = 0; round < 5; round++) {
    // What Redis says to node-2 now is held back: the publication. What it says a moment later is not: the reply.
    far.set({ down: { delayMs: 200 } })
    for (const [member, id] of [
      [members[0]!, `first${round}`],
      [members[2]!, `second${round}`],
    ] as const) {
      ledger.attempt(id, { scope: member.user, value: id })
      const ack = await send(member, room, id, id)
      far.heal()
      expect(ack['stored'], `stored, in the ack of ${id}`).toBe(true)
    }
    const there = () => members[2]!.messages({ room }).map(it => it['id'])
    await members[2]!.until(`second${round} at a member on node-2`, () => there().includes(`second${round}`))
    expect(
      there().filter(id => String(id).endsWith(String(round))),
      'what a member on node-2 got, in the order in which it came',
    ).toEqual([`first${round}`, `second${round}`])
  }
  did(
    `Two nodes, one of them on a line to Redis that is now quick, now slow; two members on each. All four sent ${PER_SENDER} messages to the room at the same time, without waiting for acks.`,
  )
  const sentBy = (member: (typeof members)[number]) => PER_SENDER + (member === members[0] || member === members[2] ? 5 : 0)
  const left = members.map(() => PER_SENDER)
  // Bursts in a random order, none of them waiting for an ack: what is under way on both nodes overlaps all the time.
  while (left.some(count => count > 0)) {
    // Order holds on one connection to Redis, never between two: a reply may overtake a publication.
    far.set({ down: { delayMs: random.pick([0, 3, 12]) } })
    const i = random.pick(left.flatMap((count, index) => (count > 0 ? [index] : [])))
    for (let burst = Math.min(left[i]!, random.int(1, 8)); burst > 0; burst--) {
      const id = `${i}-${PER_SENDER - left[i]!--}`
      const body = random.word(random.int(1, 40))
      ledger.attempt(id, { scope: members[i]!.user, value: body })
      members[i]!.say({ t: 'send', id, room, body })
    }
    await members[i]!.ask({ t: 'ping', n: 1 }, 'pong')
  }
  far.heal()
  for (const member of members)
    await member.until(`${sentBy(member)} acks at a sender`, () => member.heard.filter(it => it.t === 'ack').length >= sentBy(member))
  const lost = members.flatMap(member => member.heard.filter(it => it.t === 'ack' && it['stored'] !== true))
  expect(
    lost.length === 0 ? 'all' : `all but ~${lost.length}, e.g. ${lost[0]!['id']}: stored: ${lost[0]!['stored']}`,
    'messages that were stored, with Redis up',
  ).toBe('all')
  for (const member of members) await member.until(`all ${total} messages at a member`, () => member.messages({ room }).length >= total)

  const seqOf = new Map<string, unknown>()
  for (const member of members)
    for (const ack of member.heard.filter(it => it.t === 'ack')) {
      ledger.ack(String(ack['id']))
      seqOf.set(String(ack['id']), ack['seq'])
    }
  const first = members[0]!.messages({ room })
  for (const member of members) {
    const got = member.messages({ room })
    judgeLedger(
      ledger.check(
        got.map(it => ({ id: String(it['id']), value: String(it['body']) })),
        { order: true },
      ),
      `a member on ${member === members[0] || member === members[1] ? 'node-1' : 'node-2'}`,
    )
    expect(
      got.map(it => it['id']).join(' ') === first.map(it => it['id']).join(' ') ? 'the same' : firstDifference(got, first),
      'the order in which the members got the messages',
    ).toBe('the same')
    const broken = got.findIndex((it, i) => i > 0 && it['seq'] !== (got[i - 1]!['seq'] as number) + 1)
    expect(broken === -1 ? 'yes' : `${got[broken - 1]!['seq']}, then ${got[broken]!['seq']}`, 'each seq is one more than the last').toBe(
      'yes',
    )
    const odd = got.find(it => seqOf.get(String(it['id'])) !== it['seq'])
    expect(odd ? `${odd['id']}: msg ${odd['seq']}, ack ${seqOf.get(String(odd['id']))}` : 'the same', 'seq in the ack and in the msg').toBe(
      'the same',
    )
  }
})

const firstDifference = (a: { [key: string]: unknown }[], b: { [key: string]: unknown }[]): string => {
  const at = a.findIndex((it, i) => it['id'] !== b[i]?.['id'])
  return `message ${at + 1} is ${a[at]?.['id']} for one and ${b[at]?.['id']} for another`
}
