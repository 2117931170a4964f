/** Runs the Lua files in src/lua. */
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type { Config } from './types.ts'

export type ScriptName = 'submit' | 'take' | 'renew' | 'finish' | 'cancel' | 'retry' | 'counts' | 'lead' | 'tend' | 'put-cron' | 'fire'

export interface Scripts {
  /** Run src/lua/<name>.lua, after lib.lua, in one atomic step. Rejects when Redis does not answer. */
  run(name: ScriptName, ...args: (string | number)[]): Promise<unknown>
  /** What every key of ours begins with. The braces keep them in one slot of a cluster: a script may only touch one. */
  readonly base: string
}

/** Sends the whole script every time. Step 13: 40 bytes would do, as long as the server knows the script. */
export function createScripts(redis: Redis, config: Config): Scripts {
  const base = `${config.keyPrefix}{jobs}:`
  const read = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
  const lib = read('lib')
  return {
    base,
    run: async (name, ...args) => redis.eval(`${lib}\n${read(name)}`, 1, base, ...args),
  }
}
