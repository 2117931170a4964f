import { DeltaError } from '../errors.ts'
import type { Field } from '../schema/types.ts'
import { codecOf } from '../values/codec.ts'
import type { Physical } from '../values/compare.ts'

const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__'
// Spark's ExternalCatalogUtils.escapePathName.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
const UNSAFE = /[\x00-\x1f"#%'*/:=?\\\x7f{[\]^ <>|]/g

/** A partition value as the log keeps it (protocol: Partition Value Serialization); the empty string means null. */
export function toPartitionValue(field: Field, value: Physical | null): string | null {
  return value === null ? null : codecOf(field.type, field.name).toText(value) || null
}

/** The value of a partition column. Throws `DELTA_LOG_DAMAGED` where the text is not of the column's type. */
export function fromPartitionValue(field: Field, text: string | null | undefined): Physical | null {
  if (text === null || text === undefined || text === '') return null
  try {
    return codecOf(field.type, field.name).fromText(text)
  } catch (cause) {
    if (cause instanceof DeltaError) throw cause
    throw new DeltaError('DELTA_LOG_DAMAGED', `The partition value '${text}' of ${field.name} ${(cause as Error).message}.`, { cause })
  }
}

/** The directory of a partition, by Hive's convention: `day=2024-01-31/city=S%C3%A3o/`, its special characters escaped. */
export function partitionDirectory(columns: readonly string[], values: Readonly<Record<string, string | null>>): string {
  const escaped = (text: string): string =>
    text.replace(UNSAFE, character => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return columns.map(name => `${escaped(name)}=${escaped(values[name] ?? HIVE_NULL)}/`).join('')
}

/** A path of the store as the log keeps it: URI-encoded (RFC 2396), '=' left readable. */
export const toLogPath = (path: string): string =>
  path
    .split('/')
    .map(part => encodeURIComponent(part).replaceAll('%3D', '='))
    .join('/')

/** The path in the store of a path in the log. Throws `DELTA_UNSUPPORTED_PROTOCOL` for files of other tables (shallow clones). */
export function fromLogPath(path: string): string {
  if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(path))
    throw new DeltaError(
      'DELTA_UNSUPPORTED_PROTOCOL',
      `The file ${path} is outside its table, as in a shallow clone: to read it takes more.`,
    )
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new DeltaError('DELTA_LOG_DAMAGED', `The path ${path} is no URI.`, { cause })
  }
}
