/** The PostgreSQL source: snapshot, then stream, from wherever the last run came to. */
import type pg from 'pg'
import { type Config, type Errors, Settings } from '../../config/definition.ts'
import { pause, type Task, type TaskContext } from '../../context.ts'
import { FatalError } from '../../data/schema.ts'
import { transformsOf } from '../../transforms.ts'
import { Emitter } from '../emitter.ts'
import { POSTGRES_KEYS } from './config.ts'
import { connectSource } from './connection.ts'
import { createSlot, dropSlot, ensurePublication, slotIsFree, slotState } from './slot.ts'
import { takeSnapshot } from './snapshot.ts'
import { stream } from './stream.ts'

/** Server errors that trying again does not mend: wrong password, database, rights, syntax or configuration of the server. */
const FATAL_STATES = /^(28|3D|42|0A|22|55000$)/

/** Adds to `errors` when the database cannot be used as configured. */
export async function checkPostgres(config: Config, errors: Errors): Promise<void> {
  if (errors.size > 0) return
  const settings = new Settings(POSTGRES_KEYS, config)
  try {
    const client = await connectSource(settings)
    try {
      const { rows } = await client.query<Record<string, string>>('SHOW wal_level')
      if (rows[0]!['wal_level'] !== 'logical') errors.set('database.hostname', [`Postgres server wal_level property must be 'logical' but is: '${rows[0]!['wal_level']}'`]) // biome-ignore format: one line
      const role = await client.query<Record<string, string>>('SELECT rolreplication OR rolsuper AS may FROM pg_roles WHERE rolname = current_user') // biome-ignore format: one line
      if (role.rows[0]?.['may'] !== 't') errors.set('database.user', [`Postgres roles LOGIN and REPLICATION are not assigned to user: ${config['database.user']}`]) // biome-ignore format: one line
    } finally {
      await client.end()
    }
  } catch (error) {
    errors.set('database.hostname', [`Error while validating connector config: ${(error as Error).message}`])
  }
}

/** Runs until it is stopped. What can pass (an outage of the database, the broker or the registry) is waited for. */
export const runPostgres: Task = async context => {
  const settings = new Settings(POSTGRES_KEYS, context.config)
  const most = settings.number('errors.max.retries')
  for (let tries = 0; !context.signal.aborted; ) {
    const running = () => {
      tries = 0
      context.running()
    }
    const begun = { ...context, running }
    try {
      await session(begun, settings)
      if (settings.text('snapshot.mode') === 'initial_only') await new Promise(resolve => context.signal.addEventListener('abort', resolve))
    } catch (error) {
      if (context.signal.aborted) return
      const state = (error as { code?: string }).code
      if (error instanceof FatalError || (typeof state === 'string' && state.length === 5 && FATAL_STATES.test(state))) throw error
      context.waiting(error as Error)
      if (most >= 0 && ++tries > most) throw error
      await pause(settings.number('retriable.restart.connector.wait.ms'), context.signal)
    }
  }
}

async function session(context: TaskContext, settings: Settings): Promise<void> {
  const emitter = new Emitter(context.kafka, context.config, settings, transformsOf(context.config))
  await emitter.connect()
  try {
    const from = await begin(context, settings, emitter)
    if (from === null || context.signal.aborted) return
    const { offsets, signal, running } = context
    await stream({ settings, emitter, offsets, signal, from, running }).catch(error => {
      // Whatever broke in an ending: it is to end.
      if (!signal.aborted) throw error
    })
    if (signal.aborted && settings.flag('slot.drop.on.stop')) {
      const client = await connectSource(settings)
      const name = settings.text('slot.name')
      // The server may not have noticed yet that this reader is gone, and refuses to drop a slot in use. (`signal` is over already.)
      await slotIsFree(client, name, new AbortController().signal)
        .then(() => dropSlot(client, name))
        .finally(() => client.end())
    }
  } finally {
    await emitter.close()
  }
}

/** Where to stream from: after a snapshot if one is due. null: there is nothing to stream. */
async function begin(context: TaskContext, settings: Settings, emitter: Emitter): Promise<bigint | null> {
  const mode = settings.text('snapshot.mode')
  const name = settings.text('slot.name')
  const client = await connectSource(settings)
  try {
    if (mode !== 'initial_only') await ensurePublication(client, settings)
    const offset = context.offsets.read()
    const done = offset !== null && offset['snapshot'] !== 'INITIAL'
    // A slot that was made for a snapshot that did not end: the snapshot begins again, with a new one.
    if (offset !== null && !done && offset['slot'] === name && (await slotState(client, name))) {
      await slotIsFree(client, name, context.signal)
      await dropSlot(client, name)
    }
    const slot = await slotState(client, name)
    if (done && mode !== 'always') {
      if (mode === 'initial_only') return null
      if (slot && !slot.lost) {
        await slotIsFree(client, name, context.signal)
        return BigInt(Number(offset['lsn']))
      }
      if (mode !== 'when_needed')
        throw new FatalError(
          `The connector is trying to read the change stream starting at ${offset['lsn']}, but this is no longer available on the server: the slot "${name}" ${slot ? 'has lost its log' : 'is gone'}. Reconfigure the connector to use a snapshot mode when needed.`,
        )
      if (slot) await dropSlot(client, name)
    }
    return await firstStart(context, settings, emitter, client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function firstStart(context: TaskContext, settings: Settings, emitter: Emitter, client: pg.Client): Promise<bigint | null> {
  const [mode, name] = [settings.text('snapshot.mode'), settings.text('slot.name')]
  const { offsets, signal } = context
  const emit = emitter.emit.bind(emitter)
  if (mode === 'initial_only') {
    context.running()
    const lsn = await takeSnapshot(settings, {}, emit, signal)
    await offsets.write({ lsn: Number(lsn), ts_usec: Date.now() * 1000, last_snapshot_record: true })
    return null
  }
  const snapshots = mode !== 'no_data' && mode !== 'never'
  const slot = await slotState(client, name)
  if (slot) {
    await slotIsFree(client, name, signal)
    context.running()
    // Somebody's slot: what it streams from before the snapshot comes after it, again; the last word on each row is the right one.
    const lsn = snapshots ? await takeSnapshot(settings, {}, emit, signal) : slot.confirmed
    await offsets.write({ lsn: Number(slot.confirmed), ts_usec: Date.now() * 1000, snapshot_lsn: Number(lsn) })
    return slot.confirmed
  }
  // Noted before the slot is there: a kill in between leaves a slot that is known to be ours.
  if (snapshots) await offsets.write({ snapshot: 'INITIAL', slot: name, ts_usec: Date.now() * 1000 })
  const made = await createSlot(settings)
  try {
    context.running()
    if (snapshots) await takeSnapshot(settings, { name: made.snapshot, lsn: made.lsn }, emit, signal)
  } finally {
    await made.client.end().catch(() => {})
  }
  await offsets.write({ lsn: Number(made.lsn), ts_usec: Date.now() * 1000 })
  return made.lsn
}
