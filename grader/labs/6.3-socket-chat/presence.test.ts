import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Chat } from './support/chat.ts'
import type { ChatClient } from './support/client.ts'

const TTL = 1500

kpi('presence', async ({ learner, valkey, random, cleanup }) => {
  const chat = new Chat({ learner, valkey, random, cleanup })
  const [one, two] = await Promise.all([0, 1].map(() => chat.node({ env: { PRESENCE_TTL_MS: String(TTL) } })))
  const [driver, other, asker] = [`driver-${random.word(4)}`, `other-${random.word(4)}`, `asker-${random.word(4)}`]
  const eyes = await Promise.all([chat.client(one!.port, asker), chat.client(two!.port, asker)])
  const ask = async (eye: ChatClient, user: string) => (await eye.ask({ t: 'who', user }, 'presence', it => it['user'] === user))['status']
  const becomes = async (user: string, status: string, which: readonly ChatClient[] = eyes) => {
    for (const eye of which)
      await eventually(
        `${user.split('-')[0]} is ${status} on both nodes`,
        async () => {
          expect(await ask(eye, user), 'who').toBe(status)
          return true
        },
        { within: 10_000 },
      )
  }
  await becomes(driver, 'offline')
  const phone = await chat.client(one!.port, driver)
  await becomes(driver, 'online')
  did('A driver connected to node-1; I asked both nodes.')

  const keys = await valkey.admin.keys(`${valkey.prefix}presence:*`)
  const mine = keys.filter(key => key.includes(driver))
  expect(mine.length > 0 ? 'there' : `not among ${keys.length}`, `a key ${'<KEY_PREFIX>'}presence:… with the driver's name in it`).toBe(
    'there',
  )
  for (const key of keys) {
    const ttl = Number(await valkey.admin.pttl(key))
    if (ttl !== -2 && (ttl < 0 || ttl > TTL))
      fail({
        subject: 'the TTL of a presence key',
        expected: `at most ${TTL} ms`,
        saw: ttl === -1 ? 'none: it lives for ever' : `~${ttl} ms`,
      })
  }

  const [tablet, laptop] = [await chat.client(two!.port, driver), await chat.client(two!.port, driver)]
  await becomes(driver, 'online')
  phone.close()
  laptop.close()
  did('The driver connected to node-2, too, twice; then closed the connection to node-1 and one of the two to node-2.')
  // Longer than the TTL: whatever was taken back, or not said again, shows.
  const said = new Set<unknown>()
  const began = performance.now()
  await eventually(
    'more than the TTL to pass',
    async () => {
      for (const eye of eyes) said.add(await ask(eye, driver))
      return performance.now() - began > 1.4 * TTL
    },
    { within: 60_000 },
  )
  expect(
    said.has('offline') ? 'offline, at least for a while' : [...said].join(' and '),
    'who, for longer than the TTL, while the driver is connected to node-2',
  ).toBe('online')
  tablet.say({ t: 'bye' })
  await becomes(driver, 'offline')
  did('Then the driver said bye to node-2.')

  await chat.client(one!.port, other)
  await becomes(other, 'online')
  await one!.program.kill()
  did(`Another driver was on node-1 when I killed it (kill -9). PRESENCE_TTL_MS is ${TTL}.`)
  await becomes(other, 'offline', [eyes[1]!])
  await eventually(
    'no presence key of the dead node is left',
    async () => (await valkey.admin.keys(`${valkey.prefix}presence:*${other}*`)).length === 0,
    { within: 10_000 },
  )
  expect(await ask(eyes[1]!, asker), 'who, about one who is connected to node-2').toBe('online')
})
