/** Colleagues who write while things happen: each has shipments of its own and raises their `rev` one by one. */
import type pg from 'pg'
import { eventually } from '../../../kpi/index.ts'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'
import { advance, insertShipment, newShipment } from './office.ts'
import { connectOwner } from './pipeline.ts'

export interface Writers {
  /** Acknowledged changes so far. */
  readonly acked: number
  /** Lets them make so many changes more, and resolves when these are acknowledged. Without `waiting` they write as fast as they can until it is first called. */
  write(changes: number): Promise<void>
  /** Lets them finish what they are at, and ends them. */
  stop(): Promise<void>
}

/** Starts `count` writers; an error of the database ends the run: it is not what these KPIs try. */
export async function startWriters(
  { postgres, cleanup }: Pick<KpiFixtures, 'postgres' | 'cleanup'>,
  random: Random,
  vehicles: readonly string[],
  { count = 3, waiting = false } = {},
): Promise<Writers> {
  const clients = await Promise.all(Array.from({ length: count }, () => connectOwner(postgres)))
  cleanup(() => Promise.all(clients.map(client => client.end())))
  let acked = 0
  let stopped = false
  let allowed = waiting ? 0 : Number.POSITIVE_INFINITY
  let begun = 0
  let wake = Promise.withResolvers<void>()
  const write = async (client: pg.Client, own: Random) => {
    const ids: string[] = []
    while (!stopped) {
      if (begun >= allowed) {
        await wake.promise
        continue
      }
      begun++
      if (ids.length < 5 || own.next() < 0.3) {
        const shipment = newShipment(own, vehicles)
        await insertShipment(client, shipment)
        ids.push(shipment.shipment_id)
      } else await advance(client, own.pick(ids), own)
      acked++
    }
  }
  const running = Promise.all(clients.map((client, i) => write(client, random.fork(`writer ${i}`))))
  running.catch(() => {})
  return {
    get acked() {
      return acked
    },
    async write(changes) {
      allowed = begun + changes
      wake.resolve()
      wake = Promise.withResolvers()
      await eventually('colleagues go on writing', () => acked >= allowed, { within: 30_000 })
    },
    async stop() {
      stopped = true
      wake.resolve()
      await running
    },
  }
}
