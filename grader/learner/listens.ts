/** Whose a listening port is. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

const LISTEN = '0A'

/** Inodes of the sockets that listen on a port, IPv4 and IPv6 (proc_net_tcp: local address, state and inode; ports in hex); undefined without /proc. */
const listeners = (port: number): Set<string> | undefined => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  let tables = 0
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let rows: string[] = []
    try {
      rows = readFileSync(table, 'latin1').split('\n').slice(1)
      tables++
    } catch {
      // No IPv6 here, or no /proc.
    }
    for (const row of rows) {
      const fields = row.trim().split(/\s+/)
      if (fields[3] === LISTEN && fields[1]?.endsWith(`:${hex}`)) inodes.add(fields[9]!)
    }
  }
  return tables > 0 ? inodes : undefined
}

/** Whether this very process listens on the port; undefined where the platform does not tell (no /proc, or it is closed to us). */
export const listensOn = (pid: number, port: number): boolean | undefined => {
  const inodes = listeners(port)
  if (inodes === undefined) return undefined
  if (inodes.size === 0) return false
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      let target = ''
      try {
        target = readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        // Closed meanwhile.
      }
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode && inodes.has(inode)) return true
    }
    return false
  } catch {
    return undefined
  }
}

/** Whether 127.0.0.1:port can be bound now; not so when somebody listens there or uses it for a connection. */
export const bindable = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
