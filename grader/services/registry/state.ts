/** What is registered, as the records of the topic `_schemas` say (the same keys and values as Confluent's registry writes). */
import { parseSchema } from './avro/parse.ts'
import type { Type } from './avro/types.ts'
import type { Level } from './compatibility.ts'

export const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT'] as const
export type Mode = (typeof MODES)[number]

export interface Version {
  subject: string
  version: number
  id: number
  /** In the one form that schemas are compared in. */
  schema: string
  deleted: boolean
}

export type LogKey =
  | { keytype: 'SCHEMA'; subject: string; version: number; magic: 1 }
  | { keytype: 'CONFIG'; subject: string | null; magic: 0 }
  | { keytype: 'MODE'; subject: string | null; magic: 0 }

export type LogValue = Version | { compatibilityLevel: Level } | { mode: Mode }

/** The registry's memory; changed only by records that are in the topic. */
export class State {
  /** By subject, in ascending order of versions; deleted ones included. */
  readonly #subjects = new Map<string, Version[]>()
  readonly #byId = new Map<number, string>()
  readonly #idOf = new Map<string, number>()
  readonly #types = new Map<string, Type>()
  readonly levels = new Map<string | null, Level>()
  readonly modes = new Map<string | null, Mode>()
  #lastId = 0

  /** One record of the topic. */
  apply(keyText: string, valueText: string | null): void {
    const key = JSON.parse(keyText) as LogKey
    const value = valueText === null ? null : (JSON.parse(valueText) as LogValue)
    if (key.keytype === 'CONFIG') set(this.levels, key.subject, (value as { compatibilityLevel: Level } | null)?.compatibilityLevel)
    else if (key.keytype === 'MODE') set(this.modes, key.subject, (value as { mode: Mode } | null)?.mode)
    else if (key.keytype === 'SCHEMA') this.#applyVersion(key.subject, key.version, value as Version | null)
  }

  #applyVersion(subject: string, version: number, value: Version | null): void {
    const others = (this.#subjects.get(subject) ?? []).filter(one => one.version !== version)
    if (value) {
      others.push(value)
      others.sort((a, b) => a.version - b.version)
      // An id stays readable when its versions are deleted for good: messages that carry it may still be around.
      this.#byId.set(value.id, value.schema)
      this.#idOf.set(value.schema, value.id)
      this.#lastId = Math.max(this.#lastId, value.id)
    }
    if (others.length > 0) this.#subjects.set(subject, others)
    else this.#subjects.delete(subject)
  }

  /** Names in order; with `deleted` also those of which every version is deleted. */
  subjects(deleted = false): string[] {
    return [...this.#subjects]
      .filter(([, versions]) => deleted || versions.some(one => !one.deleted))
      .map(([name]) => name)
      .sort()
  }

  versions(subject: string, deleted = false): Version[] {
    return (this.#subjects.get(subject) ?? []).filter(one => deleted || !one.deleted)
  }

  schemaOf(id: number): string | undefined {
    return this.#byId.get(id)
  }

  /** The id of a schema that was ever registered. */
  idOf(schema: string): number | undefined {
    return this.#idOf.get(schema)
  }

  get nextId(): number {
    return this.#lastId + 1
  }

  /** A registered schema, parsed once. */
  typeOf(schema: string): Type {
    const type = this.#types.get(schema) ?? parseSchema(schema)
    this.#types.set(schema, type)
    return type
  }

  all(): Version[] {
    return [...this.#subjects.keys()].sort().flatMap(subject => this.versions(subject, true))
  }
}

function set<T>(map: Map<string | null, T>, key: string | null, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
