import { parse } from 'csv-parse/sync'

/**
 * A second, naive implementation of labels and rules, from the text of the files and the words of README.md alone.
 * It shares no code with the generator: whole arrays, nested loops, floating-point degrees turned to hundredths once.
 */
export interface OracleSettings {
  lateAfterSeconds: number
  graceSeconds: number
  rateWindowSeconds: number
  rateDeltaCentiC: number
  rateHoldOffSeconds: number
  silenceSeconds: number
}

export interface Parsed {
  row: number
  vehicle: string
  seq: number
  /** Seconds since 1970. */
  event: number
  /** Milliseconds since 1970. */
  ingest: number
  centi: { front: number; rear: number | null }
}

export type Fleet = Map<string, Record<string, string>>

export const readFleet = (vehiclesCsv: string): Fleet =>
  new Map((parse(vehiclesCsv, { columns: true }) as Record<string, string>[]).map(vehicle => [vehicle['vehicle_id']!, vehicle]))

const NUMBER = /^-?\d+(\.\d+)?$/
const instant = (text: unknown): number => {
  const ms = Date.parse(String(text))
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(String(text).slice(0, 19)) ? Number.NaN : ms
}

/** One line of readings.csv or readings.ndjson; null if it breaks the contract. */
export function readRow(line: string, row: number, fleet: Fleet, header: readonly string[]): Parsed | null {
  let field: Record<string, unknown>
  if (line.startsWith('{')) {
    try {
      field = JSON.parse(line)
    } catch {
      return null
    }
    if (Object.values(field).some(value => typeof value === 'string' && NUMBER.test(value)) || typeof field['front_c'] !== 'number')
      return null
  } else {
    const cells = line.split(',')
    if (cells.length !== header.length) return null
    field = Object.fromEntries(header.map((name, i) => [name, cells[i] === '' ? null : cells[i]]))
  }
  const vehicle = fleet.get(String(field['vehicle_id']))
  const [event, ingest] = [instant(field['event_time']), instant(field['ingest_time'])]
  const numbers = ['seq', 'latitude', 'longitude', 'speed_kmh', 'front_c']
  if (vehicle === undefined || Number.isNaN(event) || Number.isNaN(ingest)) return null
  if (numbers.some(name => !NUMBER.test(String(field[name])))) return null
  if ((vehicle['rear_cargo'] === '') !== (field['rear_c'] === null)) return null
  const centi = (value: unknown): number => Math.round(Number(value) * 100)
  const rear = field['rear_c'] === null ? null : centi(field['rear_c'])
  return {
    row,
    vehicle: vehicle['vehicle_id']!,
    seq: Number(field['seq']),
    event: event / 1000,
    ingest,
    centi: { front: centi(field['front_c']), rear },
  }
}

const plausible = (centi: number): boolean => centi >= -4000 && centi <= 6000
const out = (fleet: Fleet, vehicle: string, side: 'front' | 'rear', centi: number): boolean => {
  const limits = fleet.get(vehicle)!
  return plausible(centi) && (centi < Number(limits[`${side}_min_c`]) * 100 || centi > Number(limits[`${side}_max_c`]) * 100)
}

/** Labels by row number, as `late duplicate …`; only rows that have one. */
export function labelsOf(rows: readonly (Parsed | null)[], fleet: Fleet, settings: OracleSettings): Map<number, string> {
  const labels = new Map<number, string>()
  const seen = new Set<string>()
  rows.forEach((parsed, i) => {
    if (parsed === null) {
      labels.set(i + 1, 'corrupt')
      return
    }
    const found: string[] = []
    const id = `${parsed.vehicle}/${parsed.seq}`
    const sides = (['front', 'rear'] as const).filter(side => parsed.centi[side] !== null)
    if (parsed.ingest - parsed.event * 1000 > settings.lateAfterSeconds * 1000) found.push('late')
    if (seen.has(id)) found.push('duplicate')
    if (sides.some(side => out(fleet, parsed.vehicle, side, parsed.centi[side]!))) found.push('out-of-range')
    if (sides.some(side => !plausible(parsed.centi[side]!))) found.push('implausible')
    seen.add(id)
    if (found.length > 0) labels.set(parsed.row, found.join(' '))
  })
  return labels
}

/** All alerts as `due_at rule vehicle compartment since value`, sorted. */
export function alertsOf(rows: readonly (Parsed | null)[], fleet: Fleet, settings: OracleSettings): string[] {
  const good = rows.filter(row => row !== null)
  const once = [...new Map(good.map(row => [`${row.vehicle}/${row.seq}`, row])).values()].sort((a, b) => a.event - b.event)
  const end = Math.max(...once.map(row => row.event))
  const alerts: string[] = []
  const iso = (second: number): string => new Date(second * 1000).toISOString().replace('.000Z', 'Z')
  const say = (due: number, rule: string, vehicle: string, side: string, since: number, centi: number | null): void =>
    void alerts.push(`${iso(due)} ${rule} ${vehicle} ${side} since ${iso(since)} ${centi === null ? null : centi / 100}`)

  for (const vehicle of fleet.keys()) {
    const own = once.filter(row => row.vehicle === vehicle)
    own.forEach((row, i) => {
      const next = own[i + 1]?.event ?? end
      if (next - row.event > settings.silenceSeconds) say(row.event + settings.silenceSeconds, 'silence', vehicle, '-', row.event, null)
    })
    for (const side of ['front', 'rear'] as const) {
      const series = own
        .filter(row => row.centi[side] !== null && plausible(row.centi[side]))
        .map(row => ({ t: row.event, c: row.centi[side]! }))
      const isOut = series.map(({ c }) => out(fleet, vehicle, side, c))
      for (let first = 0; first < series.length; first++) {
        if (!isOut[first] || isOut[first - 1]) continue
        const back = isOut.indexOf(false, first)
        const excursion = series.slice(first, back === -1 ? undefined : back)
        const due = excursion.find(({ t }) => t - series[first]!.t >= settings.graceSeconds)
        if (due !== undefined) say(due.t, 'threshold', vehicle, side, series[first]!.t, due.c)
      }
      let last = Number.NEGATIVE_INFINITY
      series.forEach(({ t, c }, i) => {
        if (t - last < settings.rateHoldOffSeconds) return
        const window = series.slice(Math.max(0, i - settings.rateWindowSeconds), i).filter(r => r.t >= t - settings.rateWindowSeconds)
        const largest = Math.max(...window.map(r => Math.abs(r.c - c)))
        if (largest < settings.rateDeltaCentiC) return
        last = t
        say(t, 'rate-of-change', vehicle, side, window.find(r => Math.abs(r.c - c) === largest)!.t, c)
      })
    }
  }
  return alerts.sort()
}
