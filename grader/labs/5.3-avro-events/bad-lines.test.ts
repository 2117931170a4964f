import { recordsIn } from '../../experiments/topic.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import type { Random } from '../../kpi/types.ts'
import { errorIn, newTopic, produce } from './support/programs.ts'
import { lineOf, readings } from './support/readings.ts'

/** What does not fit the schema, from a reading that does. */
const SPOILT: Record<string, (reading: Record<string, unknown>, random: Random) => string> = {
  'no JSON': reading => JSON.stringify(reading).slice(0, -1),
  'a number in quotes': reading => JSON.stringify({ ...reading, front_c: String(reading['front_c']) }),
  'a field that is missing and has no default': ({ latitude: _, ...rest }) => JSON.stringify(rest),
  'a field that the schema does not know': (reading, random) => JSON.stringify({ ...reading, [`x_${random.word(4)}`]: 1 }),
  'null where there is no null': reading => JSON.stringify({ ...reading, speed_kmh: null }),
  'a fraction where a whole number belongs': reading => JSON.stringify({ ...reading, seq: 1.5 }),
}

kpi('bad-lines', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka })
  const lines = readings(random, 60).map(value => ({ text: lineOf(value), bad: undefined as string | undefined }))
  for (const [bad, spoil] of Object.entries(SPOILT)) {
    const [reading] = readings(random, 1)
    lines.splice(random.int(0, lines.length), 0, { text: spoil({ ...reading }, random), bad })
  }
  const given = lines.map(({ text }) => text)
  const bad = new Map(lines.flatMap(({ bad: what }, i) => (what ? [[i + 1, what] as const] : [])))
  did(`Among ${given.length} lines were ${bad.size} that do not fit the schema: ${[...bad.values()].sort().join('; ')}.`)
  const { code, sent, stderr } = await produce({ learner, kafka, registry }, topic, given)
  if (code !== 0) fail({ subject: 'exit code', expected: '0', saw: `${code}`, details: errorIn(stderr) })
  const said = new Map(sent.map(one => [one.line, one]))
  expect(said.size, 'lines that it told of').toBe(given.length)
  const passed = [...bad].find(([line]) => said.get(line)?.rejected === undefined)
  if (passed) fail({ subject: `a line with ${passed[1]}`, expected: '{"line", "rejected"}', saw: 'it was sent' })
  const refused = sent.find(({ line, rejected }) => rejected !== undefined && !bad.has(line))
  if (refused) fail({ subject: 'a line that fits', expected: '{"line"}', saw: `rejected: ${refused.rejected}` })
  expect(await recordsIn(kafka, topic), 'records in the topic').toBe(given.length - bad.size)
})
