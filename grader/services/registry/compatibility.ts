import { type Problem, resolve } from './avro/resolve.ts'
import type { Type } from './avro/types.ts'

export const LEVELS = ['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', 'FORWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE'] as const
/** Which of the old data and the new data must be readable with which schema. */
export type Level = (typeof LEVELS)[number]

export interface EarlierVersion {
  version: number
  type: Type
  /** As it was registered. */
  schema: string
}

/**
 * Why a new schema is not compatible with what is registered; empty when it is. BACKWARD: the new one reads what the old one wrote;
 * FORWARD: the old one reads what the new one writes; FULL: both. Without _TRANSITIVE only the latest version counts.
 * @param earlier in ascending order of versions
 */
export function incompatibilities(next: Type, earlier: readonly EarlierVersion[], level: Level): string[] {
  if (level === 'NONE') return []
  const against = level.endsWith('_TRANSITIVE') ? earlier.toReversed() : earlier.slice(-1)
  for (const old of against) {
    const messages = [
      ...(level.startsWith('FORWARD') ? [] : resolve(next, old.type).map(problem => message(problem, 'new', 'old'))),
      ...(level.startsWith('BACKWARD') ? [] : resolve(old.type, next).map(problem => message(problem, 'old', 'new'))),
    ]
    if (messages.length > 0)
      return [...messages, `{oldSchemaVersion: ${old.version}}`, `{oldSchema: '${old.schema}'}`, `{compatibility: '${level}'}`]
  }
  return []
}

/** In the words of Confluent's registry, plus the field's name and the types where it leaves them out. */
function message({ kind, path, field, detail }: Problem, reader: 'new' | 'old', writer: 'new' | 'old'): string {
  const of = field ? ` of the field '${field}'` : ''
  const descriptions: Record<Problem['kind'], string> = {
    NAME_MISMATCH: `The name of the schema${of} has changed (path '${path}'): ${detail}`,
    FIXED_SIZE_MISMATCH: `The size of FIXED type${of} at path '${path}' in the ${reader} schema does not match with the ${writer} schema: ${detail}`,
    MISSING_ENUM_SYMBOLS: `The ${reader} schema is missing enum symbols${of} at path '${path}' that are in the ${writer} schema: ${detail}`,
    READER_FIELD_MISSING_DEFAULT_VALUE: `The field '${detail}' at path '${path}' in the ${reader} schema has no default value and is missing in the ${writer} schema`,
    TYPE_MISMATCH: `The type (path '${path || '/'}')${of} in the ${reader} schema does not match with the ${writer} schema: ${detail}`,
    MISSING_UNION_BRANCH: `The ${reader} schema is missing a type inside a union${of} at path '${path || '/'}' that is in the ${writer} schema: ${detail}`,
  }
  return `{errorType:'${kind}', description:"${descriptions[kind]}", additionalInfo:'${field ?? path}'}`
}
