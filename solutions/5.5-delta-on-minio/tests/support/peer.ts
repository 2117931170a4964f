import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row, Schema } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'

const run = promisify(execFile)
const cache = process.env['MILLRACE_CACHE'] ?? join(homedir(), '.cache', 'millrace')
const python = join(cache, 'delta-venv', 'bin', 'python')
const program = new URL('../interop/peer.py', import.meta.url).pathname

/** Whether the other implementation is installed. */
export const PEER_IS_THERE = existsSync(python)
export const HOW_TO_INSTALL = 'not there: python3 -m venv ~/.cache/millrace/delta-venv, and pip install deltalake pyarrow in it'

/** Runs a command of peer.py; its lines of output, parsed. */
export async function peer(...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(python, [program, ...args], {
    maxBuffer: 64 << 20,
    env: { PATH: process.env['PATH'] ?? '', TZ: 'America/New_York' },
  })
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

/** The table as delta-rs reads it: version, types, and rows as text in the order of `id`. */
export async function peerRead(uri: string, options: object = {}, version?: number) {
  const [head, ...rows] = await peer('read', uri, JSON.stringify(options), ...(version === undefined ? [] : [String(version)]))
  return {
    version: head!['version'],
    types: head!['types'] as Record<string, string>,
    rows: inOrder(rows as Record<string, string | null>[]),
  }
}

/** Our rows as peer.py prints its own: every value as text, floating point by its bits. */
export function asText(rows: Row[], schema: Schema): Record<string, string | null>[] {
  return inOrder(
    rows.map(row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const type = schema.fields.find(field => field.name === name)!.type
          if (value === null) return [name, null]
          if (value instanceof Uint8Array) return [name, Buffer.from(value).toString('hex')]
          if (type !== 'float' && type !== 'double') return [name, String(value)]
          const bits = Buffer.alloc(8)
          bits.writeDoubleBE(value as number)
          return [name, bits.toString('hex')]
        }),
      ),
    ),
  )
}

const inOrder = (rows: Record<string, string | null>[]) =>
  rows.toSorted((a, b) => Number(BigInt(a['id']!) - BigInt(b['id']!)) || JSON.stringify(a).localeCompare(JSON.stringify(b)))
