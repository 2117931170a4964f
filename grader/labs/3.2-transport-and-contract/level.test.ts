import { did, fail, kpi } from '../../kpi/index.ts'
import { Bench } from './support/bench.ts'
import { CHANGES } from './support/changes.ts'
import { isAllowed } from './support/try-change.ts'

kpi('level', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  did(
    `For each of ${CHANGES.length} changes I released version 1 with src/release.ts on a topic of its own, and then sent the change to the registry myself.`,
  )
  const wrong: string[] = []
  for (const change of CHANGES) {
    const { allowed, status, message } = await isAllowed({ registry, learner, random }, bench, change)
    if (allowed !== change.allowed) wrong.push(`${change.name}: ${status}${message ? ` ${message}` : ''}`)
  }
  if (wrong.length === 0) return
  const { name, allowed } = CHANGES.find(change => wrong[0]!.startsWith(change.name))!
  fail({
    subject: name,
    expected: allowed ? 'allowed: every version reads every other' : 'refused: some version could not read what another has written',
    saw: allowed ? 'refused' : 'allowed',
    details: wrong.slice(1).map(line => `as wrong: ${line}`),
  })
})
