import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect, generate, SHIPMENT_STATES, TABLES, tableLines } from '../index.ts'
import type { ColumnType } from '../schema.ts'

const seeds = fc.integer({ min: 0, max: 4_294_967_295 })
type Table = 'depots' | 'vehicles' | 'shipments'

function tables(seed: number) {
  const dataset = generate({ size: 's', seed })
  const read = (table: Table): Record<string, string>[] => parse([...tableLines(dataset, table)].join(''), { columns: true })
  return {
    depots: read('depots'),
    vehicles: read('vehicles'),
    shipments: read('shipments'),
    start: new Date(dataset.start * 1000).toISOString().replace('.000Z', 'Z'),
  }
}

const LOOKS: Record<ColumnType, RegExp> = {
  text: /^.+$/s,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  integer: /^\d+$/,
  numeric: /^-?\d+\.\d+$/,
  boolean: /^(true|false)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/,
}

describe('the three tables of any seed', () => {
  const forSeeds = (check: (data: ReturnType<typeof tables>) => void): void =>
    fc.assert(
      fc.property(seeds, seed => check(tables(seed))),
      { numRuns: 20 },
    )

  test('have values of the stated types, and NULL only where the schema allows', () => {
    forSeeds(data => {
      for (const name of ['depots', 'vehicles', 'shipments'] as const) {
        expect(Object.keys(data[name][0]!)).toEqual(TABLES[name].map(column => column.name))
        for (const record of data[name]) {
          for (const column of TABLES[name]) {
            const value = record[column.name]!
            if (value !== '' || !column.nullable) expect(value, `${name}.${column.name}`).toMatch(LOOKS[column.type])
          }
        }
      }
    })
  })

  test('have unique keys and references that lead somewhere', () => {
    forSeeds(({ depots, vehicles, shipments }) => {
      const ids = (list: Record<string, string>[], key: string): Set<string> => new Set(list.map(record => record[key]!))
      const [depotIds, vehicleIds] = [ids(depots, 'depot_id'), ids(vehicles, 'vehicle_id')]
      expect([depotIds.size, vehicleIds.size, ids(vehicles, 'plate').size, ids(shipments, 'shipment_id').size]).toEqual([8, 10, 10, 300])
      for (const vehicle of vehicles) expect(depotIds).toContain(vehicle['home_depot_id'])
      for (const s of shipments) {
        expect(depotIds).toContain(s['origin_depot_id'])
        expect(depotIds).toContain(s['destination_depot_id'])
        expect(s['origin_depot_id']).not.toBe(s['destination_depot_id'])
        expect(s['vehicle_id'] === '').toBe(s['compartment'] === '')
        if (s['vehicle_id'] === '') continue
        expect(vehicles.find(v => v['vehicle_id'] === s['vehicle_id'])![`${s['compartment']}_cargo`]).toBe(s['cargo'])
      }
    })
  })

  test('have states whose times are there, in order, and not in the future', () => {
    forSeeds(({ shipments, start }) => {
      for (const s of shipments) {
        const reached = SHIPMENT_STATES.findIndex(({ state }) => state === s['status'])
        const times = SHIPMENT_STATES.map(({ at }) => s[at]!)
        expect(
          times.every((time, i) => (time !== '') === i <= reached),
          `${s['status']}: ${times}`,
        ).toBe(true)
        const known = times.filter(time => time !== '')
        expect([...new Set(known)].sort(), 'strictly ascending').toEqual(known)
        expect(known.at(-1)! <= start).toBe(true)
        if (reached > 0) expect(s['vehicle_id']).not.toBe('')
      }
      expect(new Set(shipments.map(s => s['status'])).size, 'every state occurs').toBe(5)
    })
  })

  test('have no vehicle in two places, and each trip begins where the last one ended', () => {
    forSeeds(({ vehicles, shipments }) => {
      for (const { vehicle_id, payload_kg } of vehicles) {
        const moved = shipments.filter(s => s['vehicle_id'] === vehicle_id && s['loaded_at'] !== '')
        const trips = Map.groupBy(moved, s => `${s['departed_at']}|${s['origin_depot_id']}|${s['destination_depot_id']}`)
        const spans = [...trips.values()]
          .map(trip => ({
            from: trip.map(s => s['loaded_at']!).sort()[0]!,
            to: trip
              .map(s => s['delivered_at'] || '9')
              .sort()
              .at(-1)!,
            origin: trip[0]!['origin_depot_id'],
            destination: trip[0]!['destination_depot_id'],
            kg: trip.reduce((sum, s) => sum + Number(s['weight_kg']), 0),
          }))
          .sort((a, b) => (a.from < b.from ? -1 : 1))
        spans.forEach((span, i) => {
          expect(span.kg).toBeLessThanOrEqual(Number(payload_kg))
          const next = spans[i + 1]
          if (next === undefined) return
          expect(span.to < next.from, `${vehicle_id}: ${span.to} < ${next.from}`).toBe(true)
          expect(next.origin).toBe(span.destination)
        })
      }
    })
  })
})

test('the readings of any seed: as many as asked for, in order of arrival, one a second and truck, moving no faster than a truck', () => {
  const readings = fc.integer({ min: 1, max: 3_000 })
  fc.assert(
    fc.property(seeds, readings, (seed, count) => {
      const { rows, dataset } = collect({ size: 's', seed, readings: count })
      expect(rows.length).toBe(count)
      expect(rows.map(row => row.row)).toEqual(rows.map((_, i) => i + 1))
      expect(rows.every((row, i) => i === 0 || rows[i - 1]!.ingestMs <= row.ingestMs)).toBe(true)
      expect(rows.every(row => row.ingestMs > row.reading.eventTime * 1000 && row.reading.eventTime >= dataset.start)).toBe(true)
      for (const [, own] of Map.groupBy(
        rows.filter(row => row.copyOf === null),
        row => row.reading.vehicle,
      )) {
        own.sort((a, b) => a.reading.seq - b.reading.seq)
        own.forEach(({ reading }, i) => {
          expect(reading.seq, 'seq has no gap').toBe(i + 1)
          const before = own[i - 1]?.reading
          if (before === undefined) return
          const seconds = reading.eventTime - before.eventTime
          expect(seconds).toBeGreaterThanOrEqual(1)
          const metres = Math.hypot((reading.lat - before.lat) * 1.112, (reading.lon - before.lon) * 0.6)
          expect(metres, 'metres moved').toBeLessThanOrEqual(seconds * 30 + 3)
        })
      }
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('a tunnel is a burst: what was kept inside arrives at 20 a second after the exit, between live readings', () => {
  const { rows, incidents } = collect({ size: 's', seed: 7, duplicatePerMillion: 0, corruptPerMillion: 0 })
  const tunnel = incidents.find(({ incident, ended_at }) => incident === 'tunnel' && ended_at !== null)!
  const [entry, exit] = [Date.parse(tunnel.started_at), Date.parse(tunnel.ended_at!)]
  const own = rows.filter(row => row.reading.vehicle.vehicle_id === tunnel.vehicle_id)
  const kept = own.filter(({ reading }) => reading.eventTime * 1000 >= entry && reading.eventTime * 1000 < exit)
  expect(kept.length).toBeGreaterThan(30)
  expect(
    own.filter(row => row.ingestMs > entry + 3_500 && row.ingestMs < exit),
    'silence on the wire',
  ).toEqual([])
  expect(kept.every((row, i) => row.ingestMs >= exit + 200 + i * 50 && row.ingestMs < exit + 240 + i * 50)).toBe(true)
  const live = own.find(row => row.reading.eventTime * 1000 === exit)!
  expect(live.row).toBeLessThan(kept.at(-1)!.row)
})
