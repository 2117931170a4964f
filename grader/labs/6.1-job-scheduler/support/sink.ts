/** The receiver of effects: a server of the grader's that keeps a book, refuses old fencing tokens, and answers as a KPI wants. */
import { createServer, type ServerResponse } from 'node:http'
import { eventually, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { soon } from './cluster.ts'

/** One request of a worker. */
export interface Call {
  job: string
  tenant: string
  attempt: number
  token: number
  worker: string
  step: number
  value: unknown
  /** What it was answered with; undefined while it is held. */
  status?: number
  /** It took effect. */
  applied: boolean
  /** The worker closed the connection before it was answered. */
  aborted: boolean
}

/** What to do with a call: 'hold' it (with its effect done), answer with a status other than 2xx (no effect), or let it pass. */
export type Behaviour = (call: Call) => 'hold' | 'pass' | number

/** The book of one KPI's receiver, and how it behaves. */
export class Sink {
  readonly calls: Call[] = []
  /** Calls that took effect, in order. */
  readonly applied: Call[] = []
  /** Wrong uses of fencing tokens, in words. */
  readonly violations: string[] = []
  behaviour: Behaviour = () => 'pass'
  /** Milliseconds until a call that passes is answered, its effect being done at once. */
  latency: () => number = () => 0
  readonly url: string
  /** Most calls of one worker that were open at once. */
  readonly peak = new Map<string, number>()
  private readonly open = new Map<string, number>()
  private readonly newest = new Map<string, Call>()
  private readonly done = new Set<string>()
  private readonly held = new Map<Call, (status: number) => void>()

  constructor(url: string) {
    this.url = url
  }

  /** A job of kind `effect` whose effect comes here; without an id ('') the template of a cron. */
  job(id: string, value: unknown, more: Record<string, unknown> = {}, steps = 1): Record<string, unknown> {
    return { ...(id === '' ? {} : { id }), kind: 'effect', payload: { url: `${this.url}/effect`, value, steps }, ...more }
  }

  of(job: string): Call[] {
    return this.calls.filter(call => call.job === job)
  }

  /** Wait for the n-th call of a job (from 1). */
  call(job: string, n = 1): Promise<Call> {
    return eventually(`attempt ${n} of job ${job} reaches its receiver`, () => this.of(job)[n - 1], { within: soon() })
  }

  /** Wait until so many calls took effect. */
  async reaches(count: number, within = soon()): Promise<void> {
    await eventually(
      'the effects reach their receiver',
      () => this.applied.length >= count || fail({ expected: `${count}`, saw: `${this.applied.length}` }),
      { within },
    )
  }

  /** Answer a call that is held. */
  release(call: Call, status = 200): void {
    this.held.get(call)?.(status)
    this.held.delete(call)
  }

  releaseAll(): void {
    this.behaviour = () => 'pass'
    for (const call of [...this.held.keys()]) this.release(call)
  }

  /** Fencing as the contract says it. */
  receive(body: Omit<Call, 'applied' | 'aborted'>, response: ServerResponse): void {
    const call: Call = { ...body, applied: false, aborted: false }
    this.calls.push(call)
    const open = (this.open.get(call.worker) ?? 0) + 1
    this.open.set(call.worker, open)
    this.peak.set(call.worker, Math.max(open, this.peak.get(call.worker) ?? 0))
    let closed = false
    const close = () => {
      if (!closed) this.open.set(call.worker, this.open.get(call.worker)! - 1)
      closed = true
    }
    const answer = (status: number): void => {
      call.status = status
      close()
      response.writeHead(status, { 'content-type': 'text/plain' }).end(status < 300 ? `receipt of ${call.job}` : `status ${status}`)
    }
    response.once('close', () => {
      close()
      if (!response.writableFinished) call.aborted = true
    })
    if (!Number.isSafeInteger(call.token) || call.token < 1) this.violations.push(`${call.job}: "${call.token}" is no token`)
    const before = this.newest.get(call.job)
    if (before && call.token < before.token) {
      answer(409)
      return
    }
    if (before && call.token === before.token && call.attempt !== before.attempt)
      this.violations.push(`${call.job}: attempts ${before.attempt} and ${call.attempt} came with the same token`)
    this.newest.set(call.job, call)
    const behaviour = this.behaviour(call)
    if (typeof behaviour === 'number') {
      answer(behaviour)
      return
    }
    const effect = `${call.job}#${call.step}`
    if (!this.done.has(effect)) {
      this.done.add(effect)
      call.applied = true
      this.applied.push(call)
    }
    const wait = this.latency()
    if (behaviour === 'pass' && wait > 0) setTimeout(answer, wait, 200)
    else if (behaviour === 'pass') answer(200)
    else this.held.set(call, answer)
  }
}

/** Start a sink on a free port; it ends with the KPI. */
export async function startSink({ cleanup, timeline }: Pick<KpiFixtures, 'cleanup' | 'timeline'>): Promise<Sink> {
  let sink: Sink | undefined
  const server = createServer(async (request, response) => {
    let text = ''
    try {
      for await (const chunk of request) text += chunk
      const body = JSON.parse(text) as Call
      timeline.add({ lane: 'receiver', kind: 'op', at: timeline.now(), label: `${body.job} attempt ${body.attempt} from ${body.worker}` })
      sink!.receive(body, response)
    } catch {
      response.writeHead(400).end()
    }
  })
  server.keepAliveTimeout = 60_000
  const port = await new Promise<number>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  sink = new Sink(`http://127.0.0.1:${port}`)
  cleanup(() => {
    server.close()
    server.closeAllConnections()
  })
  return sink
}
