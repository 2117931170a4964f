import type { Step } from '../../experiments/limits-scripts.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { play } from './support/play.ts'
import { limiterTime } from './support/time.ts'
import { time, row as wordsOf } from './support/words.ts'

const START = 1_700_000_000_000_000n
const asks = (count: number): Step[] => Array.from({ length: count }, () => ({ move: 0, cost: 1 }))

kpi('bucket-refills', async ({ learner, valkey, random, cleanup }) => {
  const lua = await openLua({ learner, valkey, cleanup }, 'token-bucket')
  const clock = limiterTime({ valkey })
  const rate = random.pick([4, 5, 8, 10])
  const capacity = random.int(4, 12)
  const tokens = random.int(2, 3)
  const limit = { algorithm: 'token-bucket' as const, capacity, refillPerSecond: rate }

  const row = async (tenant: string, before: number, move: number, count: number, why: string) => {
    const steps = [...asks(before), { move, cost: 0 }, ...asks(count)]
    const played = await play(lua, clock, { start: START, limit, steps }, `${valkey.prefix}{${tenant}}:token-bucket`, {
      judged: 'allowed',
      goOn: true,
    })
    const last = played.slice(-count)
    const [expected, saw] = [wordsOf(last.map(one => one.expected)), wordsOf(last.map(one => one.saw))]
    if (expected !== saw) fail({ subject: 'the last answers', expected: `${expected}   (${why})`, saw, lookAt: lua.file })
  }

  did(`I asked ${capacity + 1} times at once: capacity ${capacity}, ${rate} tokens/s.`)
  await row('burst', 0, 0, capacity + 1, `${capacity} tokens and no more`)

  const wait = (tokens * 1_000_000) / rate
  did(`I drained such a bucket, let ${time(wait)} of the server's time pass, and asked ${tokens + 1} times.`)
  await row('refill', capacity, wait, tokens + 1, `${time(wait)} × ${rate}/s = ${tokens} tokens`)

  did(`I drained another, let an hour pass, and asked ${capacity + 1} times.`)
  await row('idle', capacity, 3_600_000_000, capacity + 1, 'a bucket never holds more than its capacity')
})
