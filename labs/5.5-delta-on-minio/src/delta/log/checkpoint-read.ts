import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DeltaError } from '../errors.ts'
import { bufferOf } from '../parquet/read.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Action } from './actions.ts'
import { checkAction } from './check-action.ts'

const COLUMNS = ['protocol', 'metaData', 'add', 'remove', 'txn']
/** The field without which a struct is null. */
const KEY: Readonly<Record<string, string>> = { protocol: 'minReaderVersion', metaData: 'id', add: 'path', remove: 'path', txn: 'appId' }

/** The actions of a classic or multi-part checkpoint (V1 spec), all parts given. Throws `DELTA_LOG_DAMAGED`. */
export async function readCheckpoint(store: ObjectStore, paths: readonly string[], sizes: readonly number[]): Promise<Action[]> {
  const parts = await Promise.all(paths.map((path, index) => readPart(store, path, sizes[index]!)))
  return parts.flat()
}

async function readPart(store: ObjectStore, path: string, size: number): Promise<Action[]> {
  try {
    const file = await bufferOf(store, path, size)
    const rows = await parquetReadObjects({ file, compressors })
    return rows.flatMap(row => actionOf(row) ?? [])
  } catch (cause) {
    throw new DeltaError('DELTA_LOG_DAMAGED', `${store.url}${path}: ${(cause as Error).message}.`, { cause })
  }
}

function actionOf(row: Record<string, unknown>): Action | undefined {
  for (const name of COLUMNS) {
    const body = row[name] as Record<string, unknown> | null | undefined
    if (body?.[KEY[name]!] === undefined || body[KEY[name]!] === null) continue
    return checkAction({ [name]: plain(body) })
  }
  return undefined
}

/** Parquet's longs as numbers; null and absent are the same to us, except as a partition's value. */
function plain(value: unknown, keepNull = false): unknown {
  if (typeof value === 'bigint') {
    if (!Number.isSafeInteger(Number(value))) throw new Error(`${value} is too large`)
    return Number(value)
  }
  if (Array.isArray(value)) return value.map(item => plain(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const object: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    if (key.endsWith('_parsed')) continue
    if ((item !== null && item !== undefined) || keepNull) object[key] = item === undefined ? null : plain(item, key === 'partitionValues')
  }
  return object
}
