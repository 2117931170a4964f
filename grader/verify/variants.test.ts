import { describe, expect, test } from 'vitest'
import { loadLabs } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import { runnable, variantsOf } from './variants.ts'

const root = repositoryRoot()
const onBoth = loadLabs(root).filter(lab => Object.keys(lab.compose).length > 0)

describe.each(onBoth.map(lab => [lab.id, lab] as const))('lab %s', (_id, lab) => {
  const mutants = (engine: 'docker' | 'embedded', sample: boolean) =>
    variantsOf(root, lab, engine, { times: 1, seed: 1, sample }).flatMap(({ source, only }) =>
      source.kind === 'mutant' ? [{ name: source.name, only: only! }] : [],
    )

  test('a sample has all mutants of what only docker judges, and three of the rest', () => {
    const tried = mutants('docker', true).map(({ name }) => name)
    const here = runnable(lab, 'docker').flatMap(kpi => (kpi.needs.includes('docker') ? kpi.mutants : []))
    expect(tried).toEqual(expect.arrayContaining(here))
    const rest = tried.filter(name => !here.includes(name))
    expect(rest.length).toBeLessThanOrEqual(3)
    expect(new Set([...here, ...rest]).size).toBe(tried.length)
    expect(tried.length).toBeGreaterThan(0)
  })

  test('nothing is left out otherwise', () => {
    expect(mutants('embedded', true)).toEqual(mutants('embedded', false))
    expect(new Set(mutants('docker', false).map(({ name }) => name))).toEqual(new Set(runnable(lab, 'docker').flatMap(kpi => kpi.mutants)))
  })
})
