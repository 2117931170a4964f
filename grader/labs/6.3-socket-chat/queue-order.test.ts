import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'

const [RATE, BURST, QUEUE, MOST] = [5, 1, 10, 5]

kpi('queue-order', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const node = await chat.node({
    env: {
      ADMIT_PER_SECOND: String(RATE),
      ADMIT_BURST: String(BURST),
      ACCEPT_QUEUE: String(QUEUE),
      MAX_CONNECTIONS: String(MOST),
    },
  })
  const began = performance.now()
  // Long enough that a bucket without a bottom would hold three more.
  await eventually('600 ms to pass', () => performance.now() - began >= 600)
  did(
    `ADMIT_PER_SECOND ${RATE}, ADMIT_BURST ${BURST}, ACCEPT_QUEUE ${QUEUE}, MAX_CONNECTIONS ${MOST}; nobody came for a while. Then ${MOST} clients connected, one after another, and one more.`,
  )
  const opened = performance.now()
  const clients = []
  for (let i = 0; i < MOST; i++) {
    const client = await chat.connect(node.port, { user: `user${i}` })
    client.say(client.hello)
    clients.push(client)
  }
  const beyond = await chat.connect(node.port, { user: 'beyond' })
  beyond.say(beyond.hello)
  const names = ['first', 'second', 'third', 'fourth', 'fifth']
  const welcomes = await Promise.all(
    clients.map(async (client, i) => {
      const answer = await client.next(`the welcome of the ${names[i]}`, one => one.t !== 'ping')
      if (answer.t !== 'welcome')
        fail({ subject: `the answer to the ${names[i]}`, expected: 'welcome, in its turn', saw: String(answer['code'] ?? answer.t) })
      return performance.now() - opened
    }),
  )
  for (const at of welcomes) {
    const count = welcomes.filter(other => other <= at).length
    const most = BURST + (RATE * at) / 1000
    // A welcome is seen here after it was given, and the clock here began before the first client had come.
    if (count > most)
      fail({
        subject: `clients welcomed in the first ~${Math.round(at)} ms`,
        expected: `at most ~${Math.floor(most)} (ADMIT_BURST + ADMIT_PER_SECOND × t)`,
        saw: `~${count}`,
      })
  }
  const late = welcomes.findIndex((at, i) => welcomes.slice(i + 1).some(later => later < at - 1000 / RATE / 2))
  if (late !== -1)
    fail({
      subject: 'the order of the welcomes',
      expected: names.join(', '),
      saw: welcomes
        .map((at, i) => ({ at, name: names[i] }))
        .sort((a, b) => a.at - b.at)
        .map(it => it.name)
        .join(', '),
    })
  const told = await beyond.next('the answer to the one more', one => one.t !== 'ping')
  expect(
    String(told['code'] ?? told.t),
    `what the one more was told, with ${MOST} connections that were admitted or waited, and MAX_CONNECTIONS ${MOST}`,
  ).toBe('busy')
})
