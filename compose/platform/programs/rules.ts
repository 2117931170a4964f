/**
 * The stream processor of the platform: readings in, alerts out. One rule, the change of a compartment by 2 °C or more within a minute of
 * event time, once in five minutes. The name of an alert follows from what it is about, so whatever is sent again after a restart is the same.
 * env: KAFKA_BROKERS, REGISTRY_URL, VEHICLES_CSV, PORT (GET /health) · in: the topic readings · out: the topic alerts
 */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { need, say } from './environment.ts'
import { serve } from './http.ts'
import { decode, encoder, kafka } from './kafka.ts'
import { ALERTS, type Alert, READINGS } from './names.ts'

const WINDOW_MS = 60_000
const HOLD_OFF_MS = 300_000
const COMPARTMENTS = ['front', 'rear'] as const

interface Seen {
  at: number
  value: number
}

const fleet = new Set(
  (parse(readFileSync(need('VEHICLES_CSV')), { columns: true }) as Record<string, string>[]).map(row => row['vehicle_id']),
)
const lately = new Map<string, Seen[]>()
const alerted = new Map<string, number>()
let seen = 0

const time = (name: string) => ({ name, type: { type: 'long', logicalType: 'timestamp-millis' } })
const frame = await encoder(`${ALERTS}-value`, {
  type: 'record',
  name: 'Alert',
  namespace: 'no.fjordline',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'rule', type: 'string' },
    { name: 'vehicle_id', type: 'string' },
    { name: 'compartment', type: ['null', 'string'], default: null },
    time('due_at'),
    time('since'),
    { name: 'value_c', type: ['null', 'double'], default: null },
  ],
})

/** What one reading makes due. */
function judge(reading: Record<string, unknown>): Alert[] {
  const vehicle_id = String(reading['vehicle_id'])
  const at = Number(reading['event_time'])
  return COMPARTMENTS.flatMap(compartment => {
    const value = reading[`${compartment}_c`]
    if (typeof value !== 'number') return []
    const key = `${vehicle_id}-${compartment}`
    const before = (lately.get(key) ?? []).filter(one => one.at >= at - WINDOW_MS && one.at < at)
    lately.set(key, [...before, { at, value }])
    const from = before.find(one => Math.round(Math.abs(one.value - value) * 100) >= 200)
    if (!from || at - (alerted.get(key) ?? Number.NEGATIVE_INFINITY) < HOLD_OFF_MS) return []
    alerted.set(key, at)
    return [
      { id: `rate-of-change-${key}-${at}`, rule: 'rate-of-change', vehicle_id, compartment, due_at: at, since: from.at, value_c: value },
    ]
  })
}

const client = kafka('rules')
const producer = client.producer({ idempotent: true })
await producer.connect()
// A group of its own at each start: state is in memory, so the topic is read from its beginning, and nothing is committed.
const consumer = client.consumer({ groupId: `rules-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 })
await consumer.connect()
await consumer.subscribe({ topic: READINGS, fromBeginning: true })
serve(async (_, url) => (url.pathname === '/health' ? { status: 200, body: { readings: seen, vehicles: fleet.size } } : undefined))
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    const reading = await decode(message.value)
    if (!reading || !fleet.has(String(reading['vehicle_id'])) || reading['__deleted'] === 'true') return
    seen++
    const alerts = judge(reading)
    if (alerts.length === 0) return
    await producer.send({ topic: ALERTS, messages: alerts.map(alert => ({ key: alert.vehicle_id, value: frame(alert) })) })
    for (const alert of alerts) say('alert', { ...alert })
  },
})
say('ready')
