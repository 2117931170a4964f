import { describe, expect, test } from 'vitest'
import { random } from '../kpi/random.ts'
import { type Limit, limitsOracle } from './limits-oracle.ts'
import { cutAt, randomMoves, randomScript, type Script, shrink } from './limits-scripts.ts'

const START = 1_700_000_000_000_000n

/** Index of the first step whose answer differs between the oracle and one that forgets fractions of a token, or null. */
async function differs(script: Script): Promise<number | null> {
  const oracle = limitsOracle()
  let [now, limit, spent, at]: [bigint, Limit, number, bigint] = [script.start, script.limit, 0, script.start]
  for (const [index, step] of script.steps.entries()) {
    now += BigInt(step.move)
    limit = step.limit ?? limit
    if (step.cost === 0 || limit.algorithm !== 'token-bucket') continue
    spent = Math.max(0, spent - Math.floor((Number(now - at) * limit.refillPerSecond) / 1e6))
    const allowed = spent + step.cost <= limit.capacity
    if (allowed) [spent, at] = [spent + step.cost, now]
    if (allowed !== oracle.decide(limit, step.cost, now).allowed) return index
  }
  return null
}

describe('random scripts', () => {
  test('the same seed gives the same script', () => {
    const make = () => {
      const stream = random(7, 'scripts')
      return randomScript(stream, 'token-bucket', START, randomMoves(stream, 12, true))
    }
    expect(make()).toEqual(make())
    expect(make().steps.some(step => step.move < 0)).toBe(true)
  })

  test('a failing one is shrunk to a few steps that still fail at the last', async () => {
    let found = 0
    for (let seed = 1; seed <= 300; seed++) {
      const stream = random(seed, 'scripts')
      const script = randomScript(stream, 'token-bucket', START, randomMoves(stream, 12, false))
      const at = await differs(script)
      if (at === null) continue
      found++
      const small = await shrink(cutAt(script, at), differs)
      expect(await differs(small)).toBe(small.steps.length - 1)
      expect(small.steps.length).toBeLessThanOrEqual(6)
      expect(small.steps.length).toBeLessThanOrEqual(at + 1)
    }
    expect(found).toBeGreaterThan(5)
  })
})
