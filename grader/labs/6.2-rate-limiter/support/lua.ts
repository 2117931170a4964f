/** A learner's Lua file on the real server, run as the confined user, by the contract's KEYS and ARGV. */
import { Redis } from 'ioredis'
import type { Algorithm, Limit, Verdict } from '../../../experiments/limits-oracle.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { limitWords } from './words.ts'

/** Milliseconds for a pipeline of decisions; a script that never ends holds up the whole server. */
const PATIENCE = 5000

export interface Ask {
  key: string
  limit: Limit
  cost: number
}

export interface Lua {
  file: string
  /** Decisions of one pipeline, with the server's time before and after. Throws KpiFailure when the script does not answer as it should. */
  ask(asks: readonly Ask[]): Promise<{ before: bigint; after: bigint; verdicts: Verdict[] }>
  redis: Redis
}

/** ARGV of a limit: see the headers of the scripts. */
export const argv = (limit: Limit, cost: number): number[] =>
  limit.algorithm === 'token-bucket'
    ? [limit.capacity, Math.round(limit.refillPerSecond * 1000), cost]
    : [limit.limit, limit.windowMs, cost]

const micros = (time: unknown): bigint => {
  const [seconds, rest] = time as [string, string]
  return BigInt(seconds) * 1_000_000n + BigInt(rest)
}

/** Load `src/<algorithm>.lua`. Throws KpiFailure when it does not compile. */
export async function openLua(
  { learner, valkey, cleanup }: Pick<KpiFixtures, 'learner' | 'valkey' | 'cleanup'>,
  algorithm: Algorithm,
): Promise<Lua> {
  const file = `src/${algorithm}.lua`
  const text = await learner.read(file)
  const redis = new Redis({
    host: valkey.host,
    port: valkey.port,
    username: valkey.user,
    password: valkey.password,
    commandTimeout: PATIENCE,
    retryStrategy: () => null,
    connectionName: 'grader-scripts',
  })
  redis.on('error', () => {})
  cleanup(() => redis.disconnect())
  const broken = (error: Error, asked?: Ask): never => {
    const details = asked ? [`The call: ${limitWords(asked.limit)}, cost ${asked.cost}.`] : []
    if (/ACL failure|NOPERM/.test(error.message)) details.push('A script may touch the key in KEYS and no other.')
    if (error.message === 'Command timed out')
      fail({
        subject: file,
        expected: 'an answer',
        saw: `none within ${PATIENCE / 1000} s; a script that does not end stops the whole server`,
        lookAt: file,
        details,
      })
    const line = /(?:user_script|script|@user_script):(\d+)/.exec(error.message)?.[1]
    const what = error.message
      .replace(/^ERR /, '')
      .replace(/^.*?user_script:\d+:\s*/, '')
      .replace(/\.? script: (?:[0-9a-f]{40})?,? ?on @user_script.*$/, '')
    fail({
      subject: file,
      expected: 'a script that answers',
      saw: line ? `line ${line}: ${what}` : what,
      lookAt: line ? `${file}:${line}` : file,
      details,
    })
  }
  const sha = String(await redis.script('LOAD', text).catch(error => broken(error)))

  return {
    file,
    redis,
    async ask(asks) {
      const pipeline = redis.pipeline()
      pipeline.time()
      for (const { key, limit, cost } of asks) pipeline.evalsha(sha, 1, key, ...argv(limit, cost))
      pipeline.time()
      const results = (await pipeline.exec().catch(error => broken(error))) as [Error | null, unknown][]
      for (const [i, [error]] of results.entries()) if (error) broken(error, asks[i - 1])
      return {
        before: micros(results[0]![1]),
        after: micros(results.at(-1)![1]),
        verdicts: results.slice(1, -1).map(([, reply]) => verdictOf(file, reply)),
      }
    },
  }
}

function verdictOf(file: string, reply: unknown): Verdict {
  if (!Array.isArray(reply) || reply.length !== 5 || !reply.every(value => Number.isInteger(value)))
    fail({
      subject: `what ${file} returns`,
      expected: 'five whole numbers: { allowed (1 or 0), remaining, retry_after_us, reset_us, now_us }',
      saw: JSON.stringify(reply),
      lookAt: file,
    })
  const [allowed, remaining, retryAfter, reset, now] = reply as [number, number, number, number, number]
  return { allowed: allowed === 1, remaining, retryAfter: BigInt(retryAfter), reset: BigInt(reset), now: BigInt(now) }
}
