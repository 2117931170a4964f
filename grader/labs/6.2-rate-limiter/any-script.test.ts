import type { Algorithm } from '../../experiments/limits-oracle.ts'
import { cutAt, randomMoves, randomScript, type Script, shrink } from '../../experiments/limits-scripts.ts'
import { did, inconclusive, kpi } from '../../kpi/index.ts'
import { type Lua, openLua } from './support/lua.ts'
import { holds, play, playAll } from './support/play.ts'
import { limiterTime } from './support/time.ts'

const START = 1_700_000_000_000_000n
const ALGORITHMS: Algorithm[] = ['token-bucket', 'sliding-window-log', 'sliding-window-counter']
/** Each batch has clock moves of its own, shared by its scripts: one pass over them plays all. */
const BATCHES = 2
const SCRIPTS = 350
const CLOCK_MOVES = 10

kpi('any-script', async ({ learner, valkey, random, cleanup }) => {
  const clock = limiterTime({ valkey })
  let tries = 0
  const key = (algorithm: string) => `${valkey.prefix}{t${tries++}}:${algorithm}`

  for (const algorithm of ALGORITHMS) {
    const lua = await openLua({ learner, valkey, cleanup }, algorithm)
    const wrong: Script[] = []
    for (let batch = 0; batch < BATCHES; batch++) {
      const moves = randomMoves(random, CLOCK_MOVES, true)
      const start = START + BigInt(random.int(0, 60_000_000))
      const scripts = Array.from({ length: SCRIPTS }, () => randomScript(random, algorithm, start, moves))
      const played = await playAll(lua, clock, scripts, () => key(algorithm), { judged: 'told' })
      for (const [n, answers] of played.entries()) if (answers.at(-1)?.ok === false) wrong.push(cutAt(scripts[n]!, answers.at(-1)!.index))
    }
    if (wrong.length === 0) continue

    const shortest = wrong.reduce((a, b) => (b.steps.length < a.steps.length ? b : a))
    const smallest = await smaller(lua, shortest)
    did(
      `I played ${BATCHES * SCRIPTS} random scripts on ${lua.file}: bursts, idle times, costs, clock steps, changes of the limit. ${wrong.length} of them went wrong.`,
    )
    did('I left out of one of them whatever could be left out.')
    holds(lua, await play(lua, clock, smallest, key(algorithm), { judged: 'told' }), 'told')
    inconclusive(`${wrong.length} scripts went wrong, and the smallest of them did not when it was played again alone.`)
  }

  async function smaller(lua: Lua, script: Script): Promise<Script> {
    return shrink(script, async candidate => {
      const answers = await play(lua, clock, candidate, key(candidate.limit.algorithm), { judged: 'told' })
      return answers.at(-1)?.ok === false ? answers.at(-1)!.index : null
    })
  }
})
