import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { Control } from '../control.ts'
import type { ClockControl, ServiceEndpoint, ValkeyFixture } from '../types.ts'
import { confinedTo } from './acl.ts'

/**
 * A fresh key prefix and a user confined to it, for one KPI. A server that does not answer (say, after an endless script) is brought back
 * first. `close` removes the user, its connections, its keys and its functions, and lets the clock run again.
 * @throws CodedError MR-E-040 … 046 when the server cannot be brought back
 */
export async function openValkey(endpoint: ServiceEndpoint, kpiId: string): Promise<ValkeyFixture & { close(): Promise<void> }> {
  const control = new Control(endpoint)
  if (endpoint.control) await control.ask('ensure', {}, 30_000)
  const { host, port } = endpoint
  const id = randomBytes(3).toString('hex')
  const user = `kpi-${kpiId.replace(/[^\w-]/g, '').slice(0, 40)}-${id}`
  const password = randomBytes(12).toString('hex')
  const prefix = `mr${id}:`
  const admin = new Redis({
    host,
    port,
    username: endpoint.user,
    password: endpoint.password,
    connectionName: 'grader',
    retryStrategy: () => 20,
    maxRetriesPerRequest: 500,
    lazyConnect: true,
  })
  admin.on('error', () => {}) // The server may be killed on purpose; what is asked of it meanwhile waits.
  admin.on('ready', () => void admin.client('NO-EVICT', 'ON').catch(() => {})) // Not the one to go when clients fill the memory.
  await admin.connect()
  const create = ['ACL', 'SETUSER', user, 'reset', 'on', `>${password}`, ...confinedTo(prefix)]
  const libraries = await functionLibraries(admin)
  await admin.call(...(create as [string, ...string[]]))
  // So that the user is there from the first moment after a restart.
  if (endpoint.control) await control.ask('setup', { owner: user, commands: [create] })
  const start = async (op: 'start' | 'restart') => {
    await control.ask(op, {}, 30_000)
    await admin.ping()
  }

  return {
    url: `redis://${user}:${password}@${host}:${port}`,
    ...{ host, port, user, password, prefix, admin },
    clock: clockOf(control),
    restart: () => start('restart'),
    start: () => start('start'),
    pause: () => control.ask('pause'),
    resume: () => control.ask('resume'),
    kill: () => control.ask('kill'),
    async close() {
      try {
        if (endpoint.control) {
          await control.ask('setup', { owner: user })
          await control.ask('resume')
          await control.ask('ensure', {}, 30_000)
          await control.ask('clock', { do: 'release' })
        }
        await admin.call('ACL', 'DELUSER', user)
        for (const library of await functionLibraries(admin))
          if (!libraries.includes(library)) await admin.call('FUNCTION', 'DELETE', library)
        await removeKeys(admin, `${prefix}*`)
      } finally {
        admin.disconnect()
        control.close()
      }
    },
  }
}

function clockOf(control: Control): ClockControl {
  const ask = async (what: string, micros?: bigint): Promise<bigint> =>
    BigInt((await control.ask<{ now: string }>('clock', { do: what, ...(micros === undefined ? {} : { micros: String(micros) }) })).now)
  return {
    freeze: at => ask('freeze', at),
    advance: ms => ask('advance', BigInt(Math.round(ms * 1000))),
    set: micros => ask('set', micros),
    release: async () => void (await ask('release')),
    now: () => ask('now'),
  }
}

async function functionLibraries(admin: Redis): Promise<string[]> {
  const list = (await admin.call('FUNCTION', 'LIST')) as unknown[][]
  return list.map(library => String(library[library.indexOf('library_name') + 1]))
}

async function removeKeys(admin: Redis, match: string): Promise<void> {
  for await (const keys of admin.scanStream({ match, count: 5000 }) as AsyncIterable<string[]>)
    if (keys.length > 0) await admin.unlink(...keys)
}
