import type { Action } from './actions.ts'

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array'
const REQUIRED: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  protocol: { minReaderVersion: 'number', minWriterVersion: 'number' },
  metaData: { id: 'string', format: 'object', schemaString: 'string', partitionColumns: 'array' },
  add: { path: 'string', partitionValues: 'object', size: 'number', modificationTime: 'number', dataChange: 'boolean' },
  remove: { path: 'string' },
  txn: { appId: 'string', version: 'number' },
}
const OPTIONAL: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  protocol: { readerFeatures: 'array', writerFeatures: 'array' },
  metaData: { configuration: 'object' },
  add: { stats: 'string', tags: 'object' },
  remove: { deletionTimestamp: 'number', partitionValues: 'object', size: 'number' },
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)

/** Holds an action against the fields that the protocol requires of it; null counts as absent. Throws `Error`. */
export function checkAction(value: unknown): Action {
  if (kindOf(value) !== 'object') throw new Error('an action is a JSON object')
  const action = value as Record<string, Record<string, unknown> | undefined>
  for (const [name, required] of Object.entries(REQUIRED)) {
    const body = action[name]
    if (body === undefined) continue
    if (body === null) {
      delete action[name]
      continue
    }
    if (kindOf(body) !== 'object') throw new Error(`${name} is no object`)
    for (const key of Object.keys(body)) if (body[key] === null) delete body[key]
    for (const [key, kind] of Object.entries(required))
      if (kindOf(body[key]) !== kind) throw new Error(`${name}.${key} is ${kindOf(body[key])}, not ${kind}`)
    for (const [key, kind] of Object.entries(OPTIONAL[name] ?? {}))
      if (body[key] !== undefined && kindOf(body[key]) !== kind) throw new Error(`${name}.${key} is ${kindOf(body[key])}, not ${kind}`)
    if (body['deletionVector'] !== undefined) throw new Error(`${name} has a deletion vector, which reader version 1 does not have`)
  }
  return action as Action
}
