import { between, runNemesis } from '../../experiments/nemesis.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, framed, PATIENCE, printed, V1, V2 } from './support/bench.ts'
import { asVersion2, readingsOf } from './support/readings.ts'
import { asideWords, setAside } from './support/set-aside.ts'

const EACH = 25
/** Milliseconds that the registry stays away when a new id comes. */
const OUTAGE = 3000

kpi('registry-away', async ({ learner, kafka, registry, scratch, random, timeline, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 1 })
  const [id1, id2] = [await bench.released(V1), await bench.released(V2)]
  const readings = readingsOf(random, 4 * EACH)
  const some = (n: number) => readings.slice(n * EACH, (n + 1) * EACH)
  const send = async (version: typeof V1 | typeof V2, id: number, n: number): Promise<void> => {
    const rows = version === V1 ? some(n) : some(n).map(reading => asVersion2(reading, random))
    await bench.send(await Promise.all(rows.map(async reading => ({ value: await framed(learner, version, id, reading) }))))
  }
  const prints = (count: number, when: string) =>
    eventually(
      `${count} readings are printed ${when}`,
      async () =>
        printed(program).length >= count ||
        fail({
          saw: `${printed(program).length}; ${await asideWords({ kafka }, bench)}${program.running ? '' : '; the consumer has ended'}`,
        }),
      { within: PATIENCE, every: 200 },
    )

  await send(V1, id1, 0)
  const program = await bench.consume(V1, 'reader')
  await prints(EACH, 'while the registry is there')
  await registry.kill()
  cleanup(() => registry.start())
  did(`src/consumer.ts had read ${EACH} readings of version 1 when I killed the registry (kill -9) and sent ${EACH} more of them.`)
  await send(V1, id1, 1)
  await prints(2 * EACH, 'while the registry is away: their schema is known')

  did(
    `I sent ${EACH} readings of version 2, which it had not seen, and ${EACH} of version 1, and started the registry ${OUTAGE / 1000} s later.`,
  )
  const outage = between('registry away', () => Promise.all([send(V2, id2, 2), send(V1, id1, 3)]).then(() => {}), registry.start)
  await runNemesis([{ at: 0, lasts: OUTAGE, fault: outage.name }], [outage], { timeline })
  await prints(4 * EACH, 'when the registry is back')

  expect(program.running, 'src/consumer.ts still runs').toBe(true)
  const aside = await setAside({ kafka }, bench)
  expect(
    aside.map(({ reason, offset }) => `offset ${offset}: ${reason}`),
    'rejected: good readings whose schema nobody could be asked for',
  ).toEqual([])
  expect(printed(program).length, 'readings that were printed').toBe(4 * EACH)
})
