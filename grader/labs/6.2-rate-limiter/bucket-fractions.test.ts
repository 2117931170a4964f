import type { Step } from '../../experiments/limits-scripts.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { openLua } from './support/lua.ts'
import { playAll, table } from './support/play.ts'
import { limiterTime } from './support/time.ts'
import { time } from './support/words.ts'

const START = 1_700_000_000_000_000n

kpi('bucket-fractions', async ({ learner, valkey, random, cleanup }) => {
  const lua = await openLua({ learner, valkey, cleanup }, 'token-bucket')
  const clock = limiterTime({ valkey })
  // Three moves that do not divide evenly and together make a round second, again and again: what is lost at one is missed at the next.
  const moves = [333_334, 333_333, 333_333].map((move, i) => move + [0, 7, -7][i]!)
  const rates = random.shuffle([0.3, 0.7, 3, 3.3, 7, 9.999])
  const steps = [...Array(25)].flatMap(() =>
    moves.flatMap((move): Step[] => Array.from({ length: 4 }, (_, i) => ({ move: i === 0 ? move : 0, cost: 1 }))),
  )
  const scripts = rates.map(refillPerSecond => ({
    start: START,
    limit: { algorithm: 'token-bucket' as const, capacity: 3, refillPerSecond },
    steps,
  }))

  const played = await playAll(lua, clock, scripts, n => `${valkey.prefix}{rate-${n}}:token-bucket`, { judged: 'allowed', goOn: true })

  for (const [n, answers] of played.entries()) {
    const wrong = answers.findIndex(one => !one.ok)
    if (wrong === -1) continue
    const through = (of: 'expected' | 'saw') => answers.filter(one => one[of].allowed).length
    did(`I asked ${answers.length} times, four times at once about every third of a second: capacity 3, ${rates[n]} tokens/s.`)
    fail({
      subject: `requests let through in ${time(answers.at(-1)!.at)}`,
      expected: String(through('expected')),
      saw: through('saw') === through('expected') ? `${through('saw')}, but not the same ones` : String(through('saw')),
      details: [
        'The first difference, and what was asked before it:',
        ...table(answers.slice(Math.max(0, wrong - 5), wrong + 1), 'allowed'),
      ],
    })
  }
})
