/** The single message transforms that this worker has. */
import type { Config, Errors } from './config/definition.ts'
import { type ConnectRecord, type Schema, type Struct, simple, struct } from './data/schema.ts'

/** null: the record is dropped. */
export type Transform = (record: ConnectRecord) => ConnectRecord | null
type Make = (options: Config) => Transform

/** `regex`, `replacement` ($1 for a group): renames the topic of records whose topic the expression fits as a whole. */
const regexRouter: Make = options => {
  const regex = new RegExp(`^(?:${options['regex'] ?? ''})$`)
  return record => (regex.test(record.topic) ? { ...record, topic: record.topic.replace(regex, options['replacement'] ?? '') } : record)
}

const unwrapped = new WeakMap<Schema, Schema>()

/**
 * Debezium's envelope becomes the row itself; a delete becomes a tombstone. `delete.tombstone.handling.mode`: tombstone (default: the
 * delete event becomes the tombstone, the one after it is dropped), drop, rewrite (the old row with `__deleted`), delete-to-tombstone.
 */
const extractNewRecordState: Make = options => {
  const mode = options['delete.tombstone.handling.mode'] ?? 'tombstone'
  return record => {
    if (record.value === null) return mode === 'rewrite-with-tombstone' ? record : null
    const { schema, value } = record.value
    const envelope = value as Struct
    if (!schema?.name?.endsWith('.Envelope')) return record
    if (envelope['op'] === 't') return null
    const row = schema.fields!.find(({ field }) => field === 'after')!.schema
    const deleted = envelope['op'] === 'd'
    const rewrite = mode.startsWith('rewrite')
    if (deleted && !rewrite) return mode === 'drop' ? null : { ...record, value: null }
    let flat = unwrapped.get(row)
    if (!flat) {
      const fields = Object.fromEntries(row.fields!.map(({ field, schema: inner }) => [field, inner]))
      flat = struct(row.name!, rewrite ? { ...fields, __deleted: simple('string', { optional: true }) } : fields)
      unwrapped.set(row, flat)
    }
    const state = envelope[deleted ? 'before' : 'after'] as Struct
    return { ...record, value: { schema: flat, value: rewrite ? { ...state, __deleted: String(deleted) } : state } }
  }
}

const renamed = new WeakMap<Schema, Map<string, Schema>>()

/** `schema.name`: the schema of the value gets this name: a consumer's reader schema is found by it. */
const setSchemaName: Make = options => {
  const name = options['schema.name']
  return record => {
    const schema = record.value?.schema
    if (!name || !schema) return record
    const known = renamed.get(schema) ?? new Map<string, Schema>()
    renamed.set(schema, known)
    // The same schema must stay the same object: converters remember what they derived from it.
    const named = known.get(name) ?? { ...schema, name }
    known.set(name, named)
    return { ...record, value: { ...record.value!, schema: named } }
  }
}

const TRANSFORMS: Record<string, Make> = {
  'org.apache.kafka.connect.transforms.RegexRouter': regexRouter,
  'org.apache.kafka.connect.transforms.SetSchemaMetadata$Value': setSchemaName,
  'io.debezium.transforms.ExtractNewRecordState': extractNewRecordState,
}

const aliases = (config: Config) => (config['transforms'] ?? '').split(',').map(alias => alias.trim()).filter(alias => alias !== '') // biome-ignore format: one line

/** Adds what is wrong with a configuration's transforms. */
export function checkTransforms(config: Config, errors: Errors): void {
  for (const alias of aliases(config)) {
    const key = `transforms.${alias}.type`
    if (!TRANSFORMS[config[key] ?? '']) errors.set(key, [`Class ${config[key]} could not be found; there are ${Object.keys(TRANSFORMS).join(', ')}.`]) // biome-ignore format: one line
    try {
      new RegExp(config[`transforms.${alias}.regex`] ?? '')
    } catch (error) {
      errors.set(`transforms.${alias}.regex`, [(error as Error).message])
    }
  }
}

/** The transforms of a configuration, in their order. */
export function transformsOf(config: Config): Transform[] {
  return aliases(config).map(alias => {
    const prefix = `transforms.${alias}.`
    const options = Object.entries(config).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : []))
    return TRANSFORMS[config[`${prefix}type`] ?? '']!(Object.fromEntries(options))
  })
}

/** One after the other, until one drops it. */
export function applyAll(transforms: readonly Transform[], record: ConnectRecord): ConnectRecord | null {
  let current: ConnectRecord | null = record
  for (const transform of transforms) current = current && transform(current)
  return current
}
