import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, PATIENCE, printed, V1, V2 } from './support/bench.ts'
import { asVersion2, type Reading, readingsOf } from './support/readings.ts'
import { asideWords } from './support/set-aside.ts'

const EACH = 80

/** As text, fields by name: which order they have is for nobody to rely on. */
const told = (reading: Reading): string => JSON.stringify(Object.entries(reading).toSorted(([a], [b]) => (a < b ? -1 : 1)))

kpi('side-by-side', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  const all = readingsOf(random, 3 * EACH)
  const [first, second, third] = [all.slice(0, EACH), all.slice(EACH, 2 * EACH), all.slice(2 * EACH)]
  const renewed = second.map(reading => asVersion2(reading, random))
  const ok = async (what: string, run: Promise<{ code: number | null }>) => expect((await run).code, `exit code of ${what}`).toBe(0)

  await ok('src/release.ts, version 1', bench.release(V1))
  await ok('src/producer.ts, version 1', bench.produce(V1, first))
  const old = await bench.consume(V1, 'old')
  await eventually(`the consumer of version 1 prints ${EACH} readings`, () => printed(old).length >= EACH, { within: PATIENCE })
  did(
    `A consumer of version 1 reads. I released version 2, started a consumer of version 2 beside it, and sent ${EACH} readings of version 2 and ${EACH} more of version 1.`,
  )
  await ok('src/release.ts, version 2', bench.release(V2))
  const fresh = await bench.consume(V2, 'new')
  await ok('src/producer.ts, version 2', bench.produce(V2, renewed))
  await ok('src/producer.ts, version 1, after the release of version 2', bench.produce(V1, third))

  const v1 = (reading: Reading): Reading => {
    const { humidity_pct: _a, firmware: _b, ...rest } = reading
    return { rear_open: null, ...rest }
  }
  const v2 = (reading: Reading): Reading => {
    const { rear_open: _c, ...rest } = reading
    return { humidity_pct: null, firmware: 'unknown', ...rest }
  }
  const sent = [...first, ...renewed, ...third]
  for (const [name, program, shape] of [
    ['version 1', old, v1],
    ['version 2', fresh, v2],
  ] as const) {
    await eventually(
      `the consumer of ${name} prints all ${sent.length} readings`,
      async () =>
        printed(program).length >= sent.length ||
        fail({
          saw: `${printed(program).length} of them; ${await asideWords({ kafka }, bench)}${program.running ? '' : '; it has ended'}`,
        }),
      { within: PATIENCE, every: 200 },
    )
    const left = new Set(printed(program).map(({ reading }) => told(reading)))
    const missing = sent.find(reading => !left.delete(told(shape(reading))))
    if (missing)
      fail({
        subject: `what the consumer of ${name} prints of a reading that was sent as version ${'firmware' in missing ? 2 : 1}`,
        expected: JSON.stringify(shape(missing)),
        saw: JSON.stringify(
          printed(program).find(({ reading }) => reading['vehicle_id'] === missing['vehicle_id'] && reading['seq'] === missing['seq'])
            ?.reading ?? 'nothing',
        ),
      })
    expect(printed(program).length, `readings that the consumer of ${name} printed`).toBe(sent.length)
  }
})
