import { did, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { holds, play } from './support/play.ts'
import { limiterTime } from './support/time.ts'
import { time } from './support/words.ts'

const START = 1_700_000_000_000_000n

kpi('log-edges', async ({ learner, valkey, random, cleanup }) => {
  const lua = await openLua({ learner, valkey, cleanup }, 'sliding-window-log')
  const clock = limiterTime({ valkey })
  const windowMs = random.pick([200, 500, 800])
  const window = windowMs * 1000
  const limit = { algorithm: 'sliding-window-log' as const, limit: 5, windowMs }

  did(`I asked around the edges of the window: limit 5 in ${time(window)}.`)
  holds(
    lua,
    await play(
      lua,
      clock,
      {
        start: START,
        limit,
        steps: [
          { move: 0, cost: 1 },
          { move: 0, cost: 1 }, // in the same microsecond
          { move: 1, cost: 1 }, // in the next one
          { move: 1, cost: 3 }, // one too many: refused as a whole, and not remembered
          { move: 0, cost: 2 },
          { move: 0, cost: 1 },
          { move: window - 3, cost: 1 }, // the first two are one microsecond short of a window old
          { move: 1, cost: 3 }, // exactly a window: they count no more, but three do
          { move: 0, cost: 2 },
          { move: 1, cost: 1 },
          { move: 1, cost: 6 }, // never
          { move: 0, cost: 1 },
          { move: window, cost: 5 },
        ],
      },
      `${valkey.prefix}{edges}:sliding-window-log:${windowMs}`,
    ),
  )
})
