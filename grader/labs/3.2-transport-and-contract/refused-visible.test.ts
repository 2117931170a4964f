import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, V1 } from './support/bench.ts'
import { CHANGES, type Schema } from './support/changes.ts'
import { gist } from './support/gist.ts'

kpi('refused-visible', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  await bench.released(V1)
  const change = random.pick(CHANGES.filter(({ name }) => /without a default|into a string/.test(name)))
  const [broken] = change.versions(JSON.parse(await learner.read(V1)) as Schema, random)
  did(`I released ${V1}, and then tried to release a version that does this: ${change.name}.`)

  const { code, out, err } = await bench.release(bench.schemaFile(broken))

  expect(code, 'exit code of src/release.ts').toBe(3)
  expect(out, 'on standard output').toEqual([])
  const own = await registry.ask<{ message: string }>(`/subjects/${bench.subject}/versions`, 'POST', { schema: JSON.stringify(broken) })
  const words = { error: 'refused', subject: bench.subject, status: 409 }
  const [line = {}] = err.filter(each => each['error'] !== undefined)
  expect({ error: line['error'], subject: line['subject'], status: line['status'] }, 'on standard error, one line of JSON').toEqual(words)
  if (line['message'] !== own.body.message)
    fail({ subject: 'its message', expected: `the registry’s own words: ${gist(own.body.message)}`, saw: gist(String(line['message'])) })
  expect(await bench.versions(), 'versions of the subject afterwards').toEqual([1])

  const again = await bench.release(V1)
  did(`I released ${V1} once more.`)
  expect([again.code, again.out.at(-1)?.['version']], 'exit code and version: what is released already is no change').toEqual([0, 1])
})
