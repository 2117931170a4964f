import { did, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { holds, play } from './support/play.ts'
import { limiterTime } from './support/time.ts'

const START = 1_700_000_000_000_000n

kpi('bucket-answers', async ({ learner, valkey, random, cleanup }) => {
  const lua = await openLua({ learner, valkey, cleanup }, 'token-bucket')
  const clock = limiterTime({ valkey })
  const capacity = random.int(10, 20)
  const limit = { algorithm: 'token-bucket' as const, capacity, refillPerSecond: 4 }

  did(`I asked for different costs: capacity ${capacity}, 4 tokens/s.`)
  holds(
    lua,
    await play(
      lua,
      clock,
      {
        start: START,
        limit,
        steps: [
          { move: 0, cost: capacity - 3 },
          { move: 0, cost: 4 }, // one too many: refused as a whole …
          { move: 0, cost: 3 }, // … so that these three are still there
          { move: 0, cost: 1 },
          { move: 125_000, cost: 1 }, // half a token
          { move: 124_999, cost: 1 }, // a microsecond too early
          { move: 1, cost: 1 },
          { move: 400_000, cost: capacity + 1 }, // never
          { move: 0, cost: 1 },
        ],
      },
      `${valkey.prefix}{costs}:token-bucket`,
    ),
  )
})
