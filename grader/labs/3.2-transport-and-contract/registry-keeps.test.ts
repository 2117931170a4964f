import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { V1, V2 } from './support/bench.ts'

/** Milliseconds: a registry on Java, on a busy machine. */
const WITHIN = 120_000

kpi('registry-keeps', async ({ learner, registry, random }) => {
  const subject = `${random.word(10)}-value`
  const ids: number[] = []
  for (const file of [V1, V2]) {
    const { body } = await registry.ask<{ id: number }>(`/subjects/${subject}/versions`, 'POST', { schema: await learner.read(file) })
    ids.push(body.id)
  }
  const last = `/schemas/ids/${ids.at(-1)}`
  await registry.kill()
  did('I registered two versions, killed the registry (kill -9), started it, and asked for the second one’s id until there was an answer.')

  const started = registry.start()
  const answer = await eventually(
    'the registry answers again',
    async () => {
      const { status } = await registry.ask<{ schema?: string }>(last).catch(() => ({ status: 0 }))
      // Before it is itself again it may say nothing, or that it cannot; a 404 is an answer, and consumers act on it.
      return status === 200 || status === 404 ? { status } : undefined
    },
    { within: WITHIN },
  )
  await started
  if (answer.status === 404)
    fail({
      subject: 'its first answer about an id that it had given',
      expected: '200, the schema',
      saw: '404: no such id',
      lookAt: 'compose.yaml',
    })
  const versions = await registry.ask<number[]>(`/subjects/${subject}/versions`)
  if (versions.body.length !== 2)
    fail({
      subject: 'versions of the subject after the kill',
      expected: '1, 2',
      saw: JSON.stringify(versions.body),
      lookAt: 'compose.yaml',
    })
})
