/** Runs the Lua files in src/lua. */
import { createHash } from 'node:crypto'
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

/** Scripts are loaded from their files when they are first used. */
export function createScripts(redis: Redis, config: Config): Scripts {
  const base = `${config.keyPrefix}{jobs}:`
  const read = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
  const lib = read('lib')
  const known = new Map<ScriptName, { lua: string; sha: string }>()
  const script = (name: ScriptName) => {
    let found = known.get(name)
    if (!found) {
      const lua = `${lib}\n${read(name)}`
      found = { lua, sha: createHash('sha1').update(lua).digest('hex') }
      known.set(name, found)
    }
    return found
  }
  const loaded = new Set<ScriptName>()
  return {
    base,
    async run(name, ...args) {
      const { lua, sha } = script(name)
      if (!loaded.has(name)) await redis.script('LOAD', lua)
      loaded.add(name)
      return redis.evalsha(sha, 1, base, ...args)
    },
  }
}
