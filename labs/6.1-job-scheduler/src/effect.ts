/** What jobs do. Given: not yours to change. */
import { Fenced, Permanent } from './errors.ts'
import type { Lease } from './types.ts'

interface EffectPayload {
  url: string
  value?: unknown
  steps?: number
}

/**
 * Run one attempt. Kinds: `noop` does nothing; `effect` does `payload.steps` (default 1) steps one after the other, each a
 * POST to `payload.url` that carries the fencing token.
 * @param signal aborts the attempt: the worker has lost the job, or it was cancelled
 * @returns the result, a text
 * @throws Fenced when the receiver answers 409, Permanent for 422, an unknown kind or a bad payload, any other error for a failed attempt
 */
export async function execute(lease: Lease, worker: string, signal: AbortSignal): Promise<string> {
  if (lease.kind === 'noop') return ''
  if (lease.kind !== 'effect') throw new Permanent(`there is no kind "${lease.kind}"`)
  const { url, value, steps = 1 } = JSON.parse(lease.payload) as EffectPayload
  if (!URL.canParse(url)) throw new Permanent('payload.url is no URL')
  let text = ''
  for (let step = 1; step <= steps; step++) {
    signal.throwIfAborted()
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ job: lease.id, tenant: lease.tenant, attempt: lease.attempt, token: lease.token, worker, step, value }),
      signal,
    })
    text = (await response.text()).slice(0, 1000)
    if (response.status === 409) throw new Fenced(text)
    if (response.status === 422) throw new Permanent(`the receiver answered 422 ${text}`)
    if (!response.ok) throw new Error(`the receiver answered ${response.status} ${text}`)
  }
  return text
}
