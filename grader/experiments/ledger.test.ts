import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Inconclusive, KpiFailure } from '../kpi/outcomes.ts'
import { judgeLedger, Ledger, tellReport } from './ledger.ts'

function ledger(acked: string[], over: { unknown?: string[]; refused?: string[]; scope?: (id: string) => string } = {}): Ledger {
  const book = new Ledger()
  const about = (id: string) => ({ scope: over.scope?.(id) ?? '' })
  for (const id of [...acked, ...(over.unknown ?? []), ...(over.refused ?? [])]) book.attempt(id, about(id))
  for (const id of acked) book.ack(id)
  for (const id of over.refused ?? []) book.refuse(id)
  return book
}
const at = (...ids: string[]) => ids.map(id => ({ id }))

describe('known good histories', () => {
  test('everything acknowledged is there, an unknown one may or may not be', () => {
    const book = ledger(['a', 'b'], { unknown: ['u', 'v'] })
    expect(book.check(at('b', 'u', 'a')).ok).toBe(true)
  })

  test('duplicates where they are allowed, also when the second copy comes late', () => {
    expect(ledger(['a', 'b']).check(at('a', 'b', 'a'), { duplicates: true, order: true }).ok).toBe(true)
  })

  test('order is judged within a scope, not between scopes', () => {
    const book = ledger(['r1/1', 'r2/1', 'r1/2', 'r2/2'], { scope: id => id.split('/')[0]! })
    expect(book.check(at('r2/1', 'r2/2', 'r1/1', 'r1/2'), { order: true }).ok).toBe(true)
  })
})

describe('known bad histories', () => {
  test('lost, doubled, invented, half-done and changed are told apart, with witnesses', () => {
    const book = ledger(['a', 'b', 'c'], { refused: ['r'] })
    book.attempt('v', { value: '1' })
    book.ack('v')
    const report = book.check([...at('a', 'a', 'r', 'x'), { id: 'v', value: '2' }, { id: 'c' }])
    expect(tellReport(report)).toEqual([
      'lost: 1 of 4 acknowledged (b)',
      'doubled: a ×2',
      'half-done: r took effect though the caller was refused',
      'changed: v was sent as 1, is 2',
      'invented: x was never sent',
    ])
  })

  test('one step back is one witness, not one for every record after it', () => {
    const report = ledger(['a', 'b', 'c', 'd']).check(at('a', 'c', 'b', 'd'), { order: true })
    expect(report.reordered).toEqual([{ scope: '', first: 'c', second: 'b' }])
  })

  test('any dropped acknowledged write is found', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (ids, n) => {
        const gone = ids[n % ids.length]!
        const report = ledger(ids).check(at(...ids.filter(id => id !== gone)))
        return report.lost.length === 1 && report.lost[0]!.id === gone
      }),
    )
  })
})

describe('judging', () => {
  test('nothing acknowledged or no effective fault is inconclusive, a loss is a failure even so', () => {
    expect(() => judgeLedger(ledger([]).check([]), 'the table')).toThrow(Inconclusive)
    expect(() => judgeLedger(ledger(['a']).check(at('a')), 'the table', 0)).toThrow(Inconclusive)
    expect(() => judgeLedger(ledger(['a']).check([]), 'the table', 0)).toThrow(KpiFailure)
    expect(() => judgeLedger(ledger(['a']).check(at('a')), 'the table', 3)).not.toThrow()
  })

  test('an id is used once', () => {
    expect(() => ledger(['a', 'a'])).toThrow('knows "a" already')
  })

  test('write records success, refusal and silence', async () => {
    const book = new Ledger()
    await book.write('ok', async () => 1)
    await book.write('no', () => Promise.reject(new Error('503')), { refused: error => String(error).includes('503') })
    await book.write('silence', () => Promise.reject(new Error('socket hang up')))
    const { acked, refused, unknown } = book.check(at('ok'))
    expect({ acked, refused, unknown }).toEqual({ acked: 1, refused: 1, unknown: 1 })
  })
})
