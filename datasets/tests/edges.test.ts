import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AlertRules, COLLECT_LIMIT, collect, type DataError, type GenerateOptions, generate, type Row, resolveOptions } from '../index.ts'
import { labelOf } from '../stream/labels.ts'

const { dataset, rows } = collect({ size: 'xs', seed: 4 })
const [vehicle] = dataset.vehicles
const settings = resolveOptions({ size: 'xs', seed: 0 })

test('late is more than the bound: exactly the bound is in time', () => {
  const at = (delayMs: number): Row => ({ ...rows[0]!, ingestMs: rows[0]!.reading.eventTime * 1000 + delayMs })
  expect(labelOf(at(30_000), 30)).toBeNull()
  expect(labelOf(at(30_001), 30)).toMatchObject({ labels: ['late'], delay_ms: 30_001 })
})

test('a corrupt row is never sent again', () => {
  const { rows } = collect({ size: 'xs', seed: 4, corruptPerMillion: 500_000, duplicatePerMillion: 1_000_000 })
  expect(rows.filter(row => row.corrupt !== null && row.copyOf !== null)).toEqual([])
  expect(rows.filter(row => row.copyOf !== null).length).toBeGreaterThan(100)
})

/** The alerts of one truck whose front set point is `base`, told as [second, hundredths of a degree]. */
function alertsOf(readings: [number, number][]) {
  const rules = new AlertRules(settings)
  const truck = { ...vehicle!, front: 'vaccine' as const, rear: null }
  const alerts = []
  for (const [t, centi] of readings) {
    rules.observe(truck, t, centi, null)
    alerts.push(...rules.settled())
  }
  return [...alerts, ...rules.finish()].map(a => `${a.rule} ${Date.parse(a.due_at) / 1000} since ${Date.parse(a.since) / 1000}`)
}
const seconds = (from: number, to: number, centi: number): [number, number][] =>
  Array.from({ length: to - from + 1 }, (_, i) => [from + i, centi])

test('threshold: due at the grace time and not a second before; one good reading starts the count anew', () => {
  expect(alertsOf([...seconds(0, 9, 790), ...seconds(10, 70, 810)])).toEqual(['threshold 70 since 10'])
  expect(alertsOf([...seconds(0, 9, 790), ...seconds(10, 69, 810)])).toEqual([])
  expect(alertsOf([...seconds(0, 9, 790), ...seconds(10, 40, 810), ...seconds(41, 41, 800), ...seconds(42, 101, 810)])).toEqual([])
  expect(alertsOf([...seconds(10, 60, 810), ...seconds(75, 80, 810)]), 'a gap does not end it').toEqual(['threshold 75 since 10'])
  expect(alertsOf([...seconds(10, 30, 810), ...seconds(31, 31, 8500), ...seconds(32, 70, 810)]), 'nor does a sensor fault').toEqual([
    'threshold 70 since 10',
  ])
})

test('rate-of-change: the window includes its far end, the hold-off ends at its length', () => {
  expect(alertsOf([...seconds(0, 0, 400), ...seconds(1, 59, 500), ...seconds(60, 60, 600)])).toEqual(['rate-of-change 60 since 0'])
  expect(alertsOf([...seconds(1, 1, 400), ...seconds(2, 61, 500), ...seconds(62, 62, 600)])).toEqual([])
  const swinging = seconds(0, 301, 0).map(([t]): [number, number] => [t, t % 2 === 0 ? 300 : 500])
  expect(alertsOf(swinging)).toEqual(['rate-of-change 1 since 0', 'rate-of-change 301 since 242'])
})

test('silence: a pause of exactly the limit is in time', () => {
  expect(
    alertsOf([
      [0, 500],
      [120, 500],
    ]),
  ).toEqual([])
  expect(
    alertsOf([
      [0, 500],
      [121, 500],
    ]),
  ).toEqual(['silence 120 since 0'])
})

test('a truck goes on where its shipments say: the trip under way, then the depots of what is booked', () => {
  const { rows, dataset } = collect({ size: 's', seed: 11, vehicles: 1, readings: 90_000 })
  const stops: number[] = []
  for (const { reading } of rows) {
    const depot = dataset.depots.findIndex(({ lat, lon }) => lat === reading.lat && lon === reading.lon)
    if (reading.speedKmh === 0 && depot !== -1 && depot !== stops.at(-1)) stops.push(depot)
  }
  const onBoard = dataset.shipments.find(s => s.status === 'in_transit')!
  expect(stops.length).toBeGreaterThan(2)
  expect(stops[0]).toBe(onBoard.destination)
  const booked = dataset.shipments.filter(s => s.status === 'booked' && s.vehicle !== null).sort((a, b) => a.dueOn - b.dueOn)
  const legs = [...new Set(booked.map(s => `${s.origin}-${s.destination}`))]
  const driven = stops.slice(1).map((to, i) => `${stops[i]}-${to}`)
  for (const leg of driven.slice(0, 2)) expect(legs).toContain(leg)
})

test('time zone and locale of the machine change nothing', async () => {
  const out = await mkdtemp(path.join(tmpdir(), 'fjordline-zone-'))
  const env = { ...process.env, TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }
  const args = [path.join(import.meta.dirname, '../cli.ts'), '--size', 'xs', '--seed', '4', '--out', path.join(out, 'a')]
  expect(spawnSync(process.execPath, args, { env }).status).toBe(0)
  expect(await readFile(path.join(out, 'a/manifest.json'), 'utf8')).toBe(
    await readFile(new URL('../samples/manifest.json', import.meta.url), 'utf8'),
  )
  await rm(out, { recursive: true })
})

test('stream() begins anew at each call', () => {
  const once = generate({ size: 'xs', seed: 9 })
  expect([...once.stream()]).toEqual([...once.stream()])
})

test('options out of range are refused by name, whatever they are', () => {
  const refused = (options: object, code: string): void => {
    expect(() => generate(options as GenerateOptions)).toThrow(expect.objectContaining({ code }) as DataError)
  }
  refused({ size: 'xl', seed: 1 }, 'MR-D-001')
  refused({ size: 's', seed: 1, speed: 3 }, 'MR-D-002')
  fc.assert(fc.property(fc.constantFrom(-1, 0.5, Number.NaN, 2 ** 32, '7', null), seed => refused({ size: 's', seed }, 'MR-D-001')))
  expect(() => collect({ size: 's', seed: 1, readings: COLLECT_LIMIT + 1 })).toThrow('MR-D-007 200001 readings are too many')
})
