/** The learner's watcher, and what it says. */
import { setTimeout as delay } from 'node:timers/promises'
import { eventually, fail } from '../../../kpi/index.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'

export interface Look {
  slot: string
  state: 'ok' | 'growing' | 'lost' | 'missing' | 'unknown'
  active: boolean
  retained: number
}

const EVERY = 100
const SAYS_WITHIN = 20_000
/** Looks at a database that answers: what it has not seen in so many, it does not see. */
const LOOKS = 50

export interface Watcher {
  program: Program
  /** Looks that it printed so far. */
  looks(): Look[]
  /** The first look printed from now on of which `match` says yes. */
  says(what: string, match: (look: Look) => boolean): Promise<Look>
}

/** Starts src/watch.ts for a slot. */
export async function startWatcher(
  { learner, postgres }: Pick<KpiFixtures, 'learner' | 'postgres'>,
  slot: string,
  limit: number,
): Promise<Watcher> {
  const program = await learner.start('src/watch.ts', {
    env: { DATABASE_URL: postgres.url, SLOT: slot, LIMIT_BYTES: String(limit), EVERY_MS: String(EVERY) },
    ready: { kind: 'none' },
  })
  const looks = () => program.logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => parse(text))
  return {
    program,
    looks,
    says(what, match) {
      let [seen, answered] = [looks().length, 0]
      return eventually(
        what,
        async () => {
          if (!program.running)
            throw new LearnerFault({ subject: 'src/watch.ts', expected: 'it goes on', saw: `it ended: ${(await program.exited).code ?? 'by a signal'}` }) // biome-ignore format: one line
          const all = looks()
          for (; seen < all.length; seen++) {
            if (match(all[seen]!)) return all[seen]
            if (all[seen]!.state !== 'unknown') answered++
          }
          const last = all.at(-1)
          if (!last) return undefined
          const saw = `it says {"state":"${last.state}","active":${last.active},"retained":~${last.retained}}`
          if (answered >= LOOKS) throw new LearnerFault({ subject: what, expected: `within ${LOOKS} looks`, saw })
          return fail({ saw })
        },
        { within: SAYS_WITHIN, every: 50 },
      )
    },
  }
}

function parse(text: string): Look {
  try {
    const look = JSON.parse(text) as Look
    if (typeof look.state === 'string' && typeof look.retained === 'number') return look
  } catch {
    // Said below.
  }
  throw new LearnerFault({
    subject: 'a line of src/watch.ts',
    expected: '{"slot", "state", "active", "retained"}',
    saw: text.slice(0, 200),
  })
}

/** Lets the watcher look a few times more: its state is about what it saw, so it must have had the time to see. */
export async function looksAgain({ looks }: Watcher, times = 3): Promise<void> {
  const until = looks().length + times
  while (looks().length < until) await delay(EVERY)
}
