/** The engine's own record of what happened to a project's containers and networks, on the timeline. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Timeline } from '../../kpi/types.ts'
import { eachLine } from '../../services/lines.ts'
import { dockerEnv } from './client.ts'

/** One event of the engine. `at`: milliseconds since the epoch. */
export interface EngineEvent {
  at: number
  type: 'container' | 'network'
  /** start, die, kill, oom, pause, health_status: healthy, connect … */
  action: string
  service: string | undefined
  container: string
  attributes: Record<string, string>
}

/** Follows events until closed. */
export interface EventStream {
  readonly seen: readonly EngineEvent[]
  /** Called for each event from now on; returns how to stop. */
  on(listener: (event: EngineEvent) => void): () => void
  close(): void
}

/** Events that are kept; a container in a restart loop makes many. */
const KEPT = 10_000

interface Raw {
  Type: string
  Action: string
  Actor: { ID: string; Attributes: Record<string, string> }
  timeNano: number
}

/** Starts following a project's events. The stream is one `docker events` process that carries the run's mark. */
export function followEvents(project: string, options: { runId: string; timeline?: Timeline }): EventStream {
  const { runId, timeline } = options
  // Since now: what happens before the process has connected is told too.
  const since = (Date.now() / 1000).toFixed(3)
  const args = ['events', '--since', since, '--format', '{{json .}}', '--filter', 'type=container', '--filter', 'type=network']
  const child: ChildProcess = spawn('docker', args, { stdio: ['ignore', 'pipe', 'ignore'], env: dockerEnv({}, runId) })
  child.on('error', () => {})
  child.unref()
  const seen: EngineEvent[] = []
  const listeners = new Set<(event: EngineEvent) => void>()
  const services = new Map<string, string>()
  eachLine(child.stdout!, text => {
    const event = readEvent(text, project, services)
    if (!event || seen.length >= KEPT) return
    seen.push(event)
    if (timeline) {
      const at = Math.round((timeline.now() - (Date.now() - event.at)) * 1000) / 1000
      const label = event.type === 'network' ? `network ${event.action}` : event.action
      timeline.add({ lane: event.service ?? 'engine', kind: 'mark', at, label, detail: { container: event.container.slice(0, 12) } })
    }
    for (const listener of listeners) listener(event)
  })
  return {
    seen,
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => void child.kill('SIGKILL'),
  }
}

/** An event of this project, or null. What healthchecks and `exec` do is not a container's life. `services` remembers container ids. */
export function readEvent(text: string, project: string, services: Map<string, string>): EngineEvent | null {
  let raw: Raw
  try {
    raw = JSON.parse(text) as Raw
  } catch {
    return null
  }
  const attributes = raw.Actor?.Attributes ?? {}
  if (raw.Action?.startsWith('exec_') || raw.Action === 'top' || raw.Action === 'attach') return null
  const at = raw.timeNano / 1e6
  if (raw.Type === 'container') {
    if (attributes['com.docker.compose.project'] !== project) return null
    const service = attributes['com.docker.compose.service']
    if (service) services.set(raw.Actor.ID, service)
    return { at, type: 'container', action: raw.Action, service, container: raw.Actor.ID, attributes }
  }
  const container = attributes['container'] ?? ''
  if (raw.Type !== 'network' || !attributes['name']?.startsWith(`${project}_`)) return null
  return {
    at,
    type: 'network',
    action: `${raw.Action} ${attributes['name'].slice(project.length + 1)}`,
    service: services.get(container),
    container,
    attributes,
  }
}
