/**
 * The stream processor of the platform: readings in, alerts out. Rule: a compartment that stays out of its vehicle's range for GRACE seconds of
 * event time. The name of an alert follows from what it is about, so whatever is sent again after a restart is the same alert.
 * env: KAFKA_BROKERS, REGISTRY_URL, PORT (GET /health) · in: the topics of vehicles and readings · out: the topic alerts
 */
import { say } from './environment.ts'
import { serve } from './http.ts'
import { decode, encoder, kafka } from './kafka.ts'
import { ALERTS, type Alert, TABLES } from './names.ts'

const GRACE_MS = 60_000
const COMPARTMENTS = ['front', 'rear'] as const
type Row = Record<string, number | string | boolean | null>

const ranges = new Map<string, Row>()
/** Readings of vehicles that are not known yet: two topics have no order between them. */
const early = new Map<string, Row[]>()
const EARLY = 1_000
/** Since when a compartment is out of range, and whether that was said. */
const excursions = new Map<string, { since: number; told: boolean }>()
let seen = 0

const schema = {
  type: 'record',
  name: 'Alert',
  namespace: 'fjordline',
  fields: [
    { name: 'alert_id', type: 'string' },
    { name: 'rule', type: 'string' },
    { name: 'vehicle_id', type: 'string' },
    { name: 'compartment', type: ['null', 'string'], default: null },
    { name: 'due_at', type: 'string' },
    { name: 'since', type: 'string' },
    { name: 'value_c', type: ['null', 'double'], default: null },
  ],
}
const frame = await encoder(`${ALERTS}-value`, schema)
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** What one reading makes due. */
function judge(reading: Row): Alert[] {
  const vehicle = String(reading['vehicle_id'])
  const range = ranges.get(vehicle)
  const at = Date.parse(String(reading['event_time']))
  return COMPARTMENTS.flatMap(compartment => {
    const value = reading[`${compartment}_c`] as number | null
    const [min, max] = [range?.[`${compartment}_min_c`], range?.[`${compartment}_max_c`]]
    const key = `${vehicle}-${compartment}`
    if (value === null || min == null || max == null) return []
    if (value >= Number(min) && value <= Number(max)) {
      excursions.delete(key)
      return []
    }
    const excursion = excursions.get(key) ?? { since: at, told: false }
    excursions.set(key, excursion)
    if (excursion.told || at - excursion.since < GRACE_MS) return []
    excursion.told = true
    const alert_id = `threshold-${key}-${iso(at).replace(/\W/g, '')}`
    return [{ alert_id, rule: 'threshold', vehicle_id: vehicle, compartment, due_at: iso(at), since: iso(excursion.since), value_c: value }]
  })
}

/** A vehicle, new or changed: what it has sent before it was known is judged now. */
function meet(vehicle: Row): Alert[] {
  const id = String(vehicle['vehicle_id'])
  ranges.set(id, vehicle)
  const waiting = early.get(id) ?? []
  early.delete(id)
  return waiting.flatMap(judge)
}

function read(reading: Row): Alert[] {
  seen++
  const id = String(reading['vehicle_id'])
  if (ranges.has(id)) return judge(reading)
  const waiting = early.get(id) ?? []
  if (waiting.length < EARLY) waiting.push(reading)
  early.set(id, waiting)
  return []
}

const client = kafka('rules')
const producer = client.producer({ idempotent: true })
await producer.connect()
// A group of its own at each start: state is in memory, so the topics are read from their beginning, and nothing is committed.
const consumer = client.consumer({ groupId: `rules-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 })
await consumer.connect()
await consumer.subscribe({ topics: [TABLES['vehicles']!.topic, TABLES['readings']!.topic], fromBeginning: true })
serve(async (_, url) => (url.pathname === '/health' ? { status: 200, body: { readings: seen, vehicles: ranges.size } } : undefined))
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ topic, message }) => {
    const event = await decode(message.value)
    const row = event?.['after'] as Row | null | undefined
    if (!row) return
    const alerts = topic === TABLES['vehicles']!.topic ? meet(row) : read(row)
    if (alerts.length === 0) return
    await producer.send({ topic: ALERTS, messages: alerts.map(alert => ({ key: alert.alert_id, value: frame(alert) })) })
    for (const alert of alerts) say('alert', { ...alert })
  },
})
say('ready')
