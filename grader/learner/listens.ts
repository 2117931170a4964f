/** Whose a listening port is. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTEN = '0A'

/** Inodes of the sockets that listen on a port, IPv4 and IPv6 (proc_net_tcp: fields local address, state and inode, ports in hex). */
const listeners = (port: number): Set<string> => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let rows: string[] = []
    try {
      rows = readFileSync(table, 'latin1').split('\n').slice(1)
    } catch {
      // No IPv6 here, or no /proc.
    }
    for (const row of rows) {
      const fields = row.trim().split(/\s+/)
      if (fields[3] === LISTEN && fields[1]?.endsWith(`:${hex}`)) inodes.add(fields[9]!)
    }
  }
  return inodes
}

/** Whether this very process listens on the port; undefined where the platform does not tell (no /proc, or it is closed to us). */
export const listensOn = (pid: number, port: number): boolean | undefined => {
  const inodes = listeners(port)
  if (inodes.size === 0) return undefined
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
