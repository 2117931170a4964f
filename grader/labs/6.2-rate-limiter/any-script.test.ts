import type { Algorithm } from '../../experiments/limits-oracle.ts'
import { cutAt, randomMoves, randomScript, type Script, shrink } from '../../experiments/limits-scripts.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { type Lua, openLua } from './support/lua.ts'
import { holds, limiterTime, play, playAll, table } from './support/play.ts'
import { words } from './support/words.ts'

const START = 1_700_000_000_000_000n
const ALGORITHMS: Algorithm[] = ['token-bucket', 'sliding-window-log', 'sliding-window-counter']
const SCRIPTS = 700
const CLOCK_MOVES = 30

kpi('any-script', async ({ learner, valkey, engine, random, cleanup }) => {
  const clock = limiterTime({ valkey, engine })
  let tries = 0
  const key = (algorithm: string) => `${valkey.prefix}{t${tries++}}:${algorithm}`

  for (const algorithm of ALGORITHMS) {
    const lua = await openLua({ learner, valkey, cleanup }, algorithm)
    const moves = randomMoves(random, CLOCK_MOVES, clock.steered)
    const scripts = Array.from({ length: SCRIPTS }, () =>
      randomScript(random, algorithm, START + BigInt(random.int(0, 60_000_000)), moves),
    ).map((script, _, all) => ({ ...script, start: all[0]!.start }))
    const played = await playAll(lua, clock, scripts, () => key(algorithm))
    const failed = played.flatMap((answers, n) =>
      answers.at(-1)?.ok === false ? [{ script: scripts[n]!, at: answers.at(-1)!.index }] : [],
    )
    if (failed.length === 0) continue

    const shortest = failed.reduce((a, b) => (b.at < a.at ? b : a))
    const smallest = await smaller(lua, cutAt(shortest.script, shortest.at))
    const answers = await play(lua, clock, smallest, key(algorithm))
    did(
      `I played ${SCRIPTS} random scripts on ${lua.file}: bursts, idle times, costs, clock steps, changes of the limit. ${failed.length} of them went wrong.`,
    )
    did('I left out of one of them whatever could be left out:')
    holds(lua, answers)
    const { saw, expected } = played.flat().find(one => !one.ok)!
    fail({
      subject: 'one of the scripts',
      expected: words(expected),
      saw: words(saw),
      details: table(played.find(row => row.at(-1)?.ok === false)!.slice(-8)),
    })
  }

  async function smaller(lua: Lua, script: Script): Promise<Script> {
    if (!clock.steered) return script
    return shrink(script, async candidate => {
      const answers = await play(lua, clock, candidate, key(candidate.limit.algorithm))
      return answers.at(-1)?.ok === false ? answers.at(-1)!.index : null
    })
  }
})
