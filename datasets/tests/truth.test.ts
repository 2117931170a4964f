import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect, csvLine, type GenerateOptions, ndjsonLine, TABLES, tableLines } from '../index.ts'
import { alertsOf, type Fleet, labelsOf, type Parsed, readFleet, readRow } from './oracle.ts'

const HEADER = TABLES.readings.map(column => column.name)
const seeds = fc.integer({ min: 0, max: 4_294_967_295 })

function readAsLearner(options: GenerateOptions) {
  const collected = collect(options)
  const fleet: Fleet = readFleet([...tableLines(collected.dataset, 'vehicles')].join(''))
  const read = (line: (row: (typeof collected.rows)[number]) => string): (Parsed | null)[] =>
    collected.rows.map((row, i) => readRow(line(row).slice(0, -1), i + 1, fleet, HEADER))
  return { collected, fleet, csv: read(csvLine), ndjson: read(ndjsonLine) }
}

function expectTruth(options: GenerateOptions): void {
  const { collected, fleet, csv, ndjson } = readAsLearner(options)
  const settings = collected.dataset.options
  expect(ndjson, 'NDJSON and CSV say the same').toEqual(csv)
  const labels = new Map([...collected.labels].map(([row, label]) => [row, label.labels.join(' ')]))
  expect(labels).toEqual(labelsOf(csv, fleet, settings))
  const alerts = collected.alerts.map(a => `${a.due_at} ${a.rule} ${a.vehicle_id} ${a.compartment ?? '-'} since ${a.since} ${a.value_c}`)
  expect([...alerts].sort()).toEqual(alertsOf(csv, fleet, settings))
  expect(
    collected.alerts.map(a => a.due_at),
    'alerts are in the order of due_at',
  ).toEqual(collected.alerts.map(a => a.due_at).sort())
}

describe('an independent reading of the files comes to the same labels and alerts', () => {
  test('of any seed', () => {
    fc.assert(
      fc.property(seeds, seed => expectTruth({ size: 's', seed, vehicles: 4, readings: 2_000 })),
      { numRuns: 25 },
    )
  }, 60_000)

  test('with any settings of the rules and any rates', () => {
    const settings = fc.record({
      graceSeconds: fc.integer({ min: 1, max: 120 }),
      rateWindowSeconds: fc.integer({ min: 1, max: 120 }),
      rateDeltaCentiC: fc.integer({ min: 5, max: 400 }),
      rateHoldOffSeconds: fc.integer({ min: 0, max: 400 }),
      silenceSeconds: fc.integer({ min: 2, max: 200 }),
      lateAfterSeconds: fc.integer({ min: 3, max: 90 }),
      corruptPerMillion: fc.constantFrom(0, 2_000, 300_000, 1_000_000),
      duplicatePerMillion: fc.constantFrom(0, 5_000, 400_000, 1_000_000),
      implausiblePerMillion: fc.constantFrom(0, 500, 200_000),
      vehicles: fc.integer({ min: 1, max: 9 }),
      readings: fc.integer({ min: 1, max: 2_000 }),
    })
    fc.assert(
      fc.property(seeds, settings, (seed, given) => expectTruth({ size: 'xs', seed, ...given })),
      { numRuns: 40 },
    )
  }, 60_000)
})

test('every label, rule, incident and way to be corrupt occurs in a small data set of any seed', () => {
  fc.assert(
    fc.property(seeds, seed => {
      const { labels, alerts, incidents } = collect({
        size: 's',
        seed,
        vehicles: 4,
        readings: 1_600,
        corruptPerMillion: 30_000,
        implausiblePerMillion: 5_000,
        duplicatePerMillion: 20_000,
      })
      expect(new Set([...labels.values()].flatMap(label => label.labels)).size, 'labels').toBe(5)
      expect(new Set(alerts.map(alert => alert.rule)).size, 'rules').toBe(3)
      expect(new Set(incidents.map(({ incident }) => incident)), 'incidents').toContain('tunnel')
    }),
    { numRuns: 60 },
  )
  const reasons = collect({ size: 's', seed: 1, corruptPerMillion: 20_000 }).labels.values()
  expect(new Set([...reasons].map(label => label.reason).filter(Boolean)).size, 'reasons').toBe(6)
}, 60_000)

test('a cooling failure that runs its course raises the threshold alert, a tunnel never raises silence', () => {
  fc.assert(
    fc.property(seeds, seed => {
      const { alerts, incidents } = collect({ size: 's', seed, vehicles: 8, readings: 8_000, corruptPerMillion: 0 })
      for (const failure of incidents.filter(i => i.incident === 'cooling-failure' && i.ended_at !== null)) {
        const raised = alerts.filter(
          a => a.rule === 'threshold' && a.vehicle_id === failure.vehicle_id && a.compartment === failure.compartment,
        )
        expect(
          raised.some(a => a.due_at > failure.started_at && a.due_at < failure.ended_at!),
          JSON.stringify(failure),
        ).toBe(true)
      }
      for (const silence of alerts.filter(a => a.rule === 'silence')) {
        const dropouts = incidents.filter(i => i.incident === 'dropout' && i.vehicle_id === silence.vehicle_id)
        expect(
          dropouts.some(d => d.started_at > silence.since && d.started_at <= silence.due_at),
          JSON.stringify(silence),
        ).toBe(true)
      }
    }),
    { numRuns: 15 },
  )
}, 60_000)
