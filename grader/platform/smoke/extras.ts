/** Hops that are there when the parts of level 6 are. */
import type { Access } from '../types.ts'
import type { Marker } from './marker.ts'

/** The marked shipment at the partner API; then the limit, which was set to one call, must hold. */
export async function askPartnerApi(access: Access, { name, shipmentId }: Marker): Promise<number | false> {
  const limit = { algorithm: 'sliding-window-log', limit: 1, windowMs: 60_000 }
  const admin = `${access.limiter}/admin/limits/${name}`
  const put = await fetch(admin, { method: 'PUT', body: JSON.stringify(limit) })
  if (!put.ok) throw new Error(`the limiter refuses the limit: ${put.status} ${await put.text()}`)
  const ask = () => fetch(`${access.partnerApi}/shipments/${shipmentId}`, { headers: { 'x-api-key': name } })
  const first = await ask()
  const shipment = (await first.json()) as { shipment_id?: string }
  const second = await ask()
  await fetch(admin, { method: 'DELETE' })
  if (first.status === 429) return false // Asked before: an answer that was lost has cost the one call.
  return first.ok && shipment.shipment_id === shipmentId && second.status === 429 && performance.now()
}

/** A compaction as the scheduler's job, once, whatever happens to its worker. */
export async function runJob(access: Access, { name }: Marker): Promise<number | false> {
  const id = `compact-${name}`
  const job = { id, kind: 'effect', tenant: 'smoke', payload: { url: `${access.lakeForJobs}/jobs/compact` } }
  const put = await fetch(`${access.scheduler}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(job),
  })
  if (!put.ok) throw new Error(`the scheduler refuses the job: ${put.status} ${await put.text()}`)
  const { state, error } = (await (await fetch(`${access.scheduler}/jobs/${id}`)).json()) as { state: string; error: string | null }
  if (state === 'dead') throw new Error(`the job is dead: ${error}`)
  return state === 'done' && performance.now()
}
