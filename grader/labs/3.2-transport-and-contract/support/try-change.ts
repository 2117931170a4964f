/** What the registry says to a change, under the rule that src/release.ts has set. */
import type { KpiFixtures } from '../../../kpi/types.ts'
import { type Bench, V1 } from './bench.ts'
import type { Change, Schema } from './changes.ts'
import { gist } from './gist.ts'

/** True when the last version of the change is registered. The versions before it must be. */
export async function isAllowed(
  { registry, learner, random }: Pick<KpiFixtures, 'registry' | 'learner' | 'random'>,
  bench: Bench,
  change: Change,
): Promise<{ allowed: boolean; status: number; message: string }> {
  const topic = `${bench.topic}-${change.name.replace(/\W/g, '_')}`
  await bench.released(V1, topic)
  const versions = change.versions(JSON.parse(await learner.read(V1)) as Schema, random.fork(change.name))
  let answer = { status: 0, body: {} as { message?: string } }
  // Anybody's request, not the learner's program's: the rule must hold for everybody.
  for (const version of versions)
    answer = await registry.ask(`/subjects/${topic}-value/versions`, 'POST', { schema: JSON.stringify(version) })
  return { allowed: answer.status === 200, status: answer.status, message: gist(answer.body.message ?? '') }
}
