/** A schema of another topic that has the shape of ours: its bytes decode, and are no readings. */
import type { KpiFixtures } from '../../../kpi/types.ts'
import { V1 } from './bench.ts'
import type { Schema } from './changes.ts'

/** Registers it and gives its id. */
export async function foreignId({ learner, registry, kafka }: Pick<KpiFixtures, 'learner' | 'registry' | 'kafka'>): Promise<number> {
  const schema = { ...(JSON.parse(await learner.read(V1)) as Schema), doc: 'A calibration run: not what a truck has measured on the road.' }
  const { body } = await registry.ask<{ id: number }>(`/subjects/${kafka.topicPrefix}calibration-value/versions`, 'POST', {
    schema: JSON.stringify(schema),
  })
  return body.id
}
