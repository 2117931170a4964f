/** Who is connected to whom, as the kernels of the containers' networks say. */
import type { ComposeProject } from '../../../engines/docker/project.ts'

const ESTABLISHED = '01'

/** "0A12A8C0:1538" is 192.168.18.10:5432: little-endian address, port. */
function peer(text: string): { address: string; port: number } {
  const [address = '', port = ''] = text.split(':')
  const bytes = address.slice(-8).match(/../g) ?? []
  return {
    address: bytes
      .reverse()
      .map(byte => Number.parseInt(byte, 16))
      .join('.'),
    port: Number.parseInt(port, 16),
  }
}

export interface Connection {
  from: string
  to: string
  because: string
}

/** Edges from the service that opened a connection to the one that listens; only services of the project. */
export async function connections(project: ComposeProject): Promise<Connection[]> {
  const containers = await project.containers()
  const names = new Map(containers.flatMap(({ service, networks }) => networks.map(({ address }) => [address, service] as const)))
  const edges = new Map<string, Connection>()
  for (const { service } of containers) {
    const { stdout } = await project.exec(service, ['cat', '/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of stdout.split('\n')) {
      const [, local, remote, state] = line.trim().split(/\s+/)
      if (state !== ESTABLISHED || !local || !remote) continue
      const there = peer(remote)
      const to = names.get(there.address)
      // The one that listens has the well-known port; the one that opened has one of the kernel's choice.
      if (to && to !== service && there.port < 32_768 && peer(local).port >= 32_768)
        edges.set(`${service} ${to}`, { from: service, to, because: `a connection to port ${there.port} stands` })
    }
  }
  return [...edges.values()]
}
