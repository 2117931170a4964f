/** Where a service runs, as its fixture sees it: a server of ours and a container of the learner's compose file look the same. */
import { Control } from './control.ts'
import type { ServiceEndpoint, ServiceFaults } from './types.ts'

/** Brings outages on a service, and brings it back. */
export interface Host extends ServiceFaults {
  /** `host:port` for programs on this machine; several where servers form a cluster. */
  outside: string[]
  /** The same for other services of the engine: containers know each other by name. */
  inside: string[]
  /** It answers: one that was paused or killed goes on, with its data. */
  ensure(): Promise<void>
  /** Commands that an embedded server runs at each start before clients get in; without them the owner's go. */
  setup(owner: string, commands?: string[][]): Promise<void>
  close(): void
}

/** A service as a fixture is made from it. */
export interface Served {
  endpoint: ServiceEndpoint
  host: Host
}

/** Milliseconds for a server to come back. */
const WITHIN = 60_000

/** A server of the embedded engine, driven over its control channel; without one it is taken as it is. */
export function embeddedHost(endpoint: ServiceEndpoint): Host {
  const control = new Control(endpoint)
  const address = `${endpoint.host}:${endpoint.port}`
  return {
    outside: [address],
    inside: [address],
    async ensure() {
      if (!endpoint.control) return
      await control.ask('resume')
      await control.ask('ensure', {}, WITHIN)
    },
    async setup(owner, commands) {
      if (endpoint.control) await control.ask('setup', { owner, ...(commands ? { commands } : {}) })
    },
    restart: () => control.ask('restart', {}, WITHIN),
    start: () => control.ask('start', {}, WITHIN),
    pause: () => control.ask('pause'),
    resume: () => control.ask('resume'),
    kill: () => control.ask('kill'),
    close: () => control.close(),
  }
}

/** The outages of a host, for a fixture to hand on. */
export const faultsOf = ({ restart, start, pause, resume, kill }: Host): ServiceFaults => ({ restart, start, pause, resume, kill })

/** An address in parts. */
export function splitAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) }
}
