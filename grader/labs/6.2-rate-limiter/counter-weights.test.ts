import { did, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { holds, play } from './support/play.ts'
import { limiterTime } from './support/time.ts'

/** A multiple of a minute: windows begin here. */
const START = 1_700_000_040_000_000n
const ms = 1000

kpi('counter-weights', async ({ learner, valkey, random, cleanup }) => {
  const lua = await openLua({ learner, valkey, cleanup }, 'sliding-window-counter')
  const clock = limiterTime({ valkey })
  const late = random.int(6, 9) * 100
  const limit = { algorithm: 'sliding-window-counter' as const, limit: 10, windowMs: 1000 }

  did(`I asked for 8 at ${late} ms of a window, and went on in the next ones: limit 10 in 1 s.`)
  holds(
    lua,
    await play(
      lua,
      clock,
      {
        start: START,
        limit,
        steps: [
          { move: late * ms, cost: 8 },
          { move: 0, cost: 3 },
          { move: (1250 - late) * ms, cost: 5 }, // a quarter into the next window: 8 × 0.75 = 6 are used
          { move: 0, cost: 4 },
          { move: 0, cost: 1 },
          { move: 125 * ms - 1, cost: 1 }, // 8 × 0.625 = 5 are used in a microsecond
          { move: 1, cost: 1 },
          { move: 0, cost: 11 }, // never
          { move: 625 * ms, cost: 6 }, // the next window begins: 5 are used
          { move: 0, cost: 5 },
          { move: 2000 * ms, cost: 10 }, // a whole window without a request
          { move: 0, cost: 1 },
        ],
      },
      `${valkey.prefix}{weights}:sliding-window-counter:1000`,
    ),
  )
})
