/** Follows one marked change through every hop of a running platform. */
import { S3Client } from '@aws-sdk/client-s3'
import pg from 'pg'
import { CodedError } from '../../errors/coded-error.ts'
import { eventually } from '../../kpi/eventually.ts'
import { KpiFailure } from '../../kpi/outcomes.ts'
import { graderKafka } from '../../services/kafka/client.ts'
import type { PlatformState } from '../types.ts'
import { listen } from './chat.ts'
import { type DeltaRow, DeltaTableReader } from './delta-rows.ts'
import { askPartnerApi, runJob } from './extras.ts'
import { deleteMarked, insertMarked, type Marker, newMarker } from './marker.ts'
import { watchTopics } from './topics.ts'

/** One hop that the marker has reached, and how long after the commit. */
export interface SmokeHop {
  hop: string
  ms: number
}

export interface SmokeReport {
  marker: string
  at: string
  hops: SmokeHop[]
}

export interface SmokeOptions {
  withinMs?: number
  onHop?: (hop: SmokeHop) => void
}

const CHANGES = { shipments: 'fjord.public.shipments', readings: 'fjord.public.readings', alerts: 'alerts' }

/**
 * Writes a marked truck, shipment and readings, watches every hop, and takes the marked rows out again.
 * @throws CodedError MR-E-163 with the first hop that the marker did not reach in time
 */
export async function smoke(state: PlatformState, options: SmokeOptions = {}): Promise<SmokeReport> {
  const { access } = state
  const marker = newMarker()
  const undo: (() => unknown)[] = []
  const hops: SmokeHop[] = []
  const within = options.withinMs ?? 60_000
  const reach = async (
    hop: string,
    part: string,
    begun: number,
    look: () => Promise<number | undefined | false> | number | undefined | false,
  ) => {
    const seen = await awaitHop({ hop, part, marker, within, last: hops.at(-1)?.hop ?? 'PostgreSQL' }, look)
    const reached = { hop, ms: Math.max(0, seen - begun) }
    hops.push(reached)
    options.onHop?.(reached)
  }
  try {
    const client = new pg.Client({ connectionString: access.databaseUrl })
    await client.connect()
    undo.push(() => client.end())
    const [host = '', port = ''] = access.kafka.split(':')
    const topics = await watchTopics(graderKafka({ host, port: Number(port) }), Object.values(CHANGES), marker.name)
    undo.push(() => topics.close())
    const chat = access.chat && (await listen(access.chat.address, access.chat.secret, marker.name))
    if (chat) undo.push(() => chat.close())
    const { url: endpoint, accessKey: accessKeyId, secretKey: secretAccessKey } = access.s3
    const s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
    undo.push(() => s3.destroy())
    const lake = { shipments: new DeltaTableReader(s3, 'lake', 'shipments'), readings: new DeltaTableReader(s3, 'lake', 'readings'), alerts: new DeltaTableReader(s3, 'lake', 'alerts') } // biome-ignore format: one line
    const inLake = async (table: keyof typeof lake, count: number) => {
      const rows = await lake[table].rows()
      return mine(rows, marker).length === count && performance.now()
    }

    const begun = await insertMarked(client, marker)
    await reach('shipment in Kafka', 'connect', begun, () => topics.seen.get(CHANGES.shipments))
    await reach('readings in Kafka', 'connect', begun, () => topics.seen.get(CHANGES.readings))
    await reach('alert in Kafka', 'rules', begun, () => topics.seen.get(CHANGES.alerts))
    const stored = async () => (await client.query('SELECT FROM alerts WHERE vehicle_id = $1', [marker.vehicleId])).rowCount === 1 && performance.now() // biome-ignore format: one line
    await reach('alert in PostgreSQL', 'connect', begun, stored)
    if (chat) await reach('alert in the dispatch chat', 'dispatch', begun, () => chat.seenAt())
    await reach('shipment in Delta', 'lake', begun, () => inLake('shipments', 1))
    await reach('75 readings in Delta', 'lake', begun, () => inLake('readings', 75))
    await reach('alert in Delta', 'lake', begun, () => inLake('alerts', 1))
    if (access.partnerApi)
      await reach('shipment at the partner API, then its limit', 'partner-api', begun, () => askPartnerApi(access, marker))
    if (access.scheduler) {
      await reach('compaction by the scheduler', 'worker', begun, () => runJob(access, marker))
      await reach('the same rows after compaction', 'lake', begun, () => inLake('readings', 75))
    }
    const deleted = await deleteMarked(client, marker)
    await reach('deletes in Delta, after their commit', 'lake', deleted, () => inLake('readings', 0))
    const report = { marker: marker.name, at: new Date().toISOString(), hops }
    await fetch(`${access.status}/smoke`, { method: 'POST', body: JSON.stringify(report) }).catch(() => {}) // The page is a courtesy.
    return report
  } finally {
    for (const each of undo.reverse()) await each()
  }
}

const mine = (rows: readonly DeltaRow[], { vehicleId }: Marker): DeltaRow[] => rows.filter(row => row['vehicle_id'] === vehicleId)

interface Awaited {
  hop: string
  part: string
  marker: Marker
  within: number
  last: string
}

async function awaitHop(
  { hop, part, marker, within, last }: Awaited,
  look: () => Promise<number | undefined | false> | number | undefined | false,
): Promise<number> {
  try {
    return await eventually(hop, async () => (await look()) || undefined, { within, every: 50 })
  } catch (error) {
    if (!(error instanceof KpiFailure)) throw error
    throw new CodedError(
      'MR-E-163',
      { marker: marker.name, hop, seconds: within / 1000, last, saw: error.feedback.saw ?? '', part },
      { cause: error },
    )
  }
}
