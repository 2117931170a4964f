/** Follows one marked change through every hop of a running platform. */
import { CodedError } from '../../errors/coded-error.ts'
import { eventually } from '../../kpi/eventually.ts'
import { KpiFailure } from '../../kpi/outcomes.ts'
import type { Access, PlatformState } from '../types.ts'
import { type Hop, hopsOf } from './hops.ts'
import { deleteMarked, insertMarked } from './marker.ts'
import { openWatch, type Watch } from './watch.ts'

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
  /** Milliseconds that one hop may take. */
  withinMs?: number
  onHop?: (hop: SmokeHop) => void
}

/**
 * Writes a marked shipment and readings, watches every hop, and takes the shipment out again.
 * @throws CodedError MR-E-163 with the first hop that the marker did not reach in time
 */
export async function smoke(state: PlatformState, options: SmokeOptions = {}): Promise<SmokeReport> {
  const reached: SmokeHop[] = []
  const within = options.withinMs ?? 60_000
  const watch = await openInTime(state.access, within)
  const pass = async (hops: readonly Hop[], begun: number) => {
    for (const hop of hops) {
      const seen = await seenAt(hop, { marker: watch.marker.name, within, last: reached.at(-1)?.hop ?? 'PostgreSQL' })
      reached.push({ hop: hop.name, ms: Math.max(0, seen - begun) })
      options.onHop?.(reached.at(-1)!)
    }
  }
  try {
    const { there, gone } = hopsOf(state.access, watch)
    await pass(there, await insertMarked(watch.client, watch.marker))
    await pass(gone, await deleteMarked(watch.client, watch.marker))
    const report = { marker: watch.marker.name, at: new Date().toISOString(), hops: reached }
    await fetch(`${state.access.status}/smoke`, { method: 'POST', body: JSON.stringify(report) }).catch(() => {}) // The page is a courtesy.
    return report
  } finally {
    await watch.close()
  }
}

/** A platform that has just lost a part answers a moment later. */
async function openInTime(access: Access, within: number): Promise<Watch> {
  try {
    return await eventually('the platform answers', () => openWatch(access), { within, every: 500 })
  } catch (error) {
    if (!(error instanceof KpiFailure)) throw error
    const saw = error.feedback.saw ?? ''
    throw new CodedError('MR-E-163', { marker: 'of this run', hop: 'PostgreSQL', seconds: within / 1000, last: 'this terminal', saw, part: 'postgres' }, { cause: error }) // biome-ignore format: one line
  }
}

/** Waits until the hop is reached; when. */
async function seenAt(
  { name, part, look }: Hop,
  { marker, within, last }: { marker: string; within: number; last: string },
): Promise<number> {
  try {
    return await eventually(name, async () => (await look()) || undefined, { within, every: 50 })
  } catch (error) {
    if (!(error instanceof KpiFailure)) throw error
    const saw = error.feedback.saw ?? ''
    throw new CodedError('MR-E-163', { marker, hop: name, seconds: within / 1000, last, saw, part }, { cause: error })
  }
}
