import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Nifi } from './support/nifi.ts'
import { csvFile, ndjsonFile, readingsOf } from './support/readings.ts'
import { standIn } from './support/stand-in.ts'

/** Rows of each file, and of what comes by HTTP. */
const [ROWS, POSTED] = [900, 60]
const MAX_PENDING = 250

kpi('nifi-flow', async ({ learner, compose, random, cleanup }) => {
  const data = readingsOf(random, 2 * ROWS + POSTED, { corrupt: 2 })
  const [csv, ndjson, posted] = [
    csvFile(data.rows.slice(0, ROWS)),
    ndjsonFile(data.rows.slice(ROWS, 2 * ROWS)),
    ndjsonFile(data.rows.slice(2 * ROWS)),
  ]
  const ingress = await standIn(random, MAX_PENDING, cleanup)
  const nifi = await Nifi.open(compose, learner, { INGRESS_URL: `http://host.docker.internal:${ingress.port}` })

  did(
    `I started the service nifi with nifi/flow.json and stood in for the ingress: of each new X-Request-Id I took the rows, or answered 429 or 503, or broke the connection; what came again I took. The flow got a CSV and an NDJSON file of ${ROWS} rows each, and ${POSTED} by HTTP.`,
  )
  await nifi.drop('monday.csv', csv)
  await nifi.drop('tuesday.ndjson', ndjson)
  const status = await nifi.post(posted)
  expect(status, 'answer of the flow to POST /readings on its port 8090').toBe(200)

  const wanted = [...csv.split('\n').slice(1), ...ndjson.split('\n'), ...posted.split('\n')].filter(line => line !== '')
  const missing = () => {
    const got = new Set(ingress.lines)
    return wanted.filter(line => !got.has(line))
  }
  await eventually(
    `all ${wanted.length} rows are handed over`,
    () => {
      const lost = missing()
      if (lost.length === 0) return true
      const answered = [...ingress.answers].toSorted(([a], [b]) => a - b).map(([code, n]) => `~${n} × ${code || 'no answer'}`)
      return fail({
        saw: `~${lost.length} were not`,
        details: [`my answers: ${answered.join(', ') || 'none, nothing came'}`, ...ingress.complaints],
      })
    },
    { within: 60_000, every: 200 },
  )
  expect([...ingress.complaints], 'requests that break the contract').toEqual([])
  const sent = new Set(wanted)
  expect(ingress.lines.filter(line => !sent.has(line)).length, 'rows that nobody has sent').toBe(0)
  if (![429, 503, 0].every(code => ingress.answers.has(code))) inconclusive('Not every way of saying no was drawn.')
})
