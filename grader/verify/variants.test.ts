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

  test('a sample has the first mutant of each KPI, and all of those that only docker judges', () => {
    const tried = mutants('docker', true)
    for (const kpi of runnable(lab, 'docker'))
      for (const name of kpi.needs.includes('docker') ? kpi.mutants : kpi.mutants.slice(0, 1))
        expect(tried.find(mutant => mutant.name === name)?.only, name).toContain(kpi.id)
  })

  test('nothing is left out otherwise', () => {
    expect(mutants('embedded', true)).toEqual(mutants('embedded', false))
    expect(new Set(mutants('docker', false).map(({ name }) => name))).toEqual(new Set(runnable(lab, 'docker').flatMap(kpi => kpi.mutants)))
  })
})
