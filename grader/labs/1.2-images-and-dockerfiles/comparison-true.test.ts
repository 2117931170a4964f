import { parse } from 'yaml'
import { did, fail, kpi } from '../../kpi/index.ts'
import { megabytes, NAIVE, SMALL } from './support/size.ts'

const FILE = 'comparison.yaml'
/** A claimed size may be this share off: engines count a little differently. */
const OFF = 0.1
const POINTS_OFF = 5

kpi('comparison-true', async ({ compose, learner }) => {
  const claimed = readNumbers(await learner.read(FILE))
  const [naive, slim, small] = [await compose.image({ file: NAIVE }), await compose.image(), await compose.image({ file: SMALL })]
  did('I built the three images and held their sizes against your numbers.')
  for (const [name, image] of [
    ['naive_mb', naive],
    ['slim_mb', slim],
    ['small_mb', small],
  ] as const) {
    const measured = megabytes(image)
    if (Math.abs(claimed(name) - measured) > measured * OFF)
      fail({
        subject: `${FILE}: ${name}`,
        expected: `~${measured} MB, as measured here, 10 % off at most`,
        saw: String(claimed(name)),
        lookAt: FILE,
      })
  }
  for (const [name, image] of [
    ['slim_saves_percent', slim],
    ['small_saves_percent', small],
  ] as const) {
    const saved = Math.round(100 * (1 - image.bytes / naive.bytes))
    if (Math.abs(claimed(name) - saved) > POINTS_OFF)
      fail({ subject: `${FILE}: ${name}`, expected: `~${saved} % of the naive image`, saw: `${claimed(name)} %`, lookAt: FILE })
  }
})

/** The numbers of the file by name; what is missing or no number ends the KPI. */
function readNumbers(text: string): (name: string) => number {
  let values: Record<string, unknown>
  try {
    values = (parse(text) ?? {}) as Record<string, unknown>
  } catch (error) {
    return fail({ subject: FILE, expected: 'YAML', saw: String(error).split('\n')[0]!, lookAt: FILE })
  }
  return name => {
    const value = values[name]
    return typeof value === 'number'
      ? value
      : fail({ subject: `${FILE}: ${name}`, expected: 'a number', saw: value == null ? 'nothing yet' : String(value), lookAt: FILE })
  }
}
