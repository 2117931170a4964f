/** Everything that a smoke run looks with, opened before it writes: nothing can be missed. */
import { S3Client } from '@aws-sdk/client-s3'
import pg from 'pg'
import { DeltaTableReader } from '../../experiments/delta-rows.ts'
import { graderKafka } from '../../services/kafka/client.ts'
import type { Access } from '../types.ts'
import { type Listener, listen } from './chat.ts'
import { type Marker, newMarker } from './marker.ts'
import { type TopicWatch, watchTopics } from './topics.ts'

export const TOPICS = { shipments: 'fjord.public.shipments', readings: 'readings', alerts: 'alerts' } as const

export interface Watch {
  marker: Marker
  client: pg.Client
  topics: TopicWatch
  chat: Listener | undefined
  lake: Record<'shipments' | 'readings' | 'alerts' | 'minutes', DeltaTableReader>
  close(): Promise<void>
}

/** Draws the marker and opens database, topics, chat and lake. */
export async function openWatch(access: Access): Promise<Watch> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (const each of undo.reverse()) await each()
  }
  try {
    const client = new pg.Client({ connectionString: access.databaseUrl })
    // The database may go down meanwhile: whoever asks it next is told.
    client.on('error', () => {})
    await client.connect()
    undo.push(() => client.end())
    const marker = await newMarker(client)

    const mine = (row: Record<string, unknown>) => row['vehicle_id'] === marker.vehicleId
    const topics = await watchTopics(graderKafka([access.kafka]), access.registry, {
      [TOPICS.shipments]: ({ after }) => (after as Record<string, unknown> | null)?.['customer'] === marker.name,
      [TOPICS.readings]: row => mine(row) && Number(row['seq']) >= marker.seq,
      [TOPICS.alerts]: row => mine(row) && Number(row['due_at']) === marker.dueAt,
    })
    undo.push(() => topics.close())
    const due = new Date(marker.dueAt).toISOString().slice(0, 19)
    const chat = access.chat && (await listen(access.chat.address, access.chat.secret, [marker.vehicleId, due]))
    if (chat) undo.push(() => chat.close())
    const { url: endpoint, accessKey: accessKeyId, secretKey: secretAccessKey } = access.s3
    const s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
    undo.push(() => s3.destroy())
    const table = (name: string) => new DeltaTableReader(s3, 'lake', name)
    return {
      marker,
      client,
      topics,
      chat,
      lake: { shipments: table('shipments'), readings: table('readings'), alerts: table('alerts'), minutes: table('minutes') },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
