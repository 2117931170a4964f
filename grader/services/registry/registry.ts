import type { KeyedLog } from '../kafka/keyed-log.ts'
import { InvalidSchema, parseSchema } from './avro/parse.ts'
import { printSchema } from './avro/print.ts'
import type { Type } from './avro/types.ts'
import { incompatibilities, type Level } from './compatibility.ts'
import { refuse } from './errors.ts'
import type { LogKey, LogValue, Mode, State, Version } from './state.ts'

/** A schema that a client sent. */
export interface Submission {
  schema: string
  type: Type
  /** Only in mode IMPORT. */
  id?: number
  version?: number
}

/**
 * Reads what a client sent as a schema.
 * @throws HttpError 42201 for what is no Avro schema, and for schema types and references, which this registry does not take
 */
export function readSubmission(body: unknown): Submission {
  const { schema, schemaType = 'AVRO', references, id, version } = (body ?? {}) as Record<string, unknown>
  if (schemaType !== 'AVRO')
    throw refuse.badSchema(`the schema type ${JSON.stringify(schemaType)} is not supported; this registry takes AVRO`)
  if (Array.isArray(references) && references.length > 0)
    throw refuse.badSchema('schema references are not supported; put the referenced types into the schema')
  if (typeof schema !== 'string') throw refuse.badSchema('"schema" is missing; it is the schema as a JSON text')
  try {
    const type = parseSchema(schema)
    return {
      type,
      schema: printSchema(type),
      ...(typeof id === 'number' ? { id } : {}),
      ...(typeof version === 'number' ? { version } : {}),
    }
  } catch (error) {
    if (error instanceof InvalidSchema) throw refuse.badSchema(`${error.message}`)
    throw error
  }
}

/** The registry's operations. Each change is decided and written before the next one is looked at. */
export class Registry {
  readonly state: State
  readonly #log: KeyedLog
  #last: Promise<unknown> = Promise.resolve()

  constructor(state: State, log: KeyedLog) {
    this.state = state
    this.#log = log
  }

  /** The level that a subject is held to. */
  level(subject: string): Level {
    return this.state.levels.get(subject) ?? this.state.levels.get(null) ?? 'BACKWARD'
  }

  mode(subject: string): Mode {
    const global = this.state.modes.get(null) ?? 'READWRITE'
    return global === 'READONLY_OVERRIDE' ? global : (this.state.modes.get(subject) ?? global)
  }

  /** The id of the schema under this subject: of the version that is the same, or of a new one. */
  register(subject: string, sent: Submission): Promise<number> {
    return this.#change(async () => {
      const mode = this.mode(subject)
      this.#writable(subject)
      const versions = this.state.versions(subject)
      const same = versions.find(({ schema }) => schema === sent.schema)
      if (mode === 'IMPORT') return this.#import(subject, sent)
      if (sent.id !== undefined && sent.id > 0 && sent.id !== same?.id)
        throw refuse.notPermitted(`Subject ${subject} is not in import mode: an id may not be given`)
      if (same) return same.id
      const problems = this.incompatible(subject, sent.type, versions)
      if (problems.length > 0) throw refuse.incompatible(subject, problems)
      const version = (this.state.versions(subject, true).at(-1)?.version ?? 0) + 1
      if (sent.version !== undefined && sent.version > 0 && sent.version !== version)
        throw refuse.badSchema(`Version is not one more than previous version: the next one is ${version}`)
      return this.#write({ subject, version, id: this.state.idOf(sent.schema) ?? this.state.nextId, schema: sent.schema, deleted: false })
    })
  }

  #import(subject: string, sent: Submission): Promise<number> {
    const id = sent.id ?? this.state.idOf(sent.schema) ?? this.state.nextId
    const known = this.state.schemaOf(id)
    if (known !== undefined && known !== sent.schema) throw refuse.notPermitted(`Overwrite new schema with id ${id} is not permitted.`)
    const version = sent.version ?? (this.state.versions(subject, true).at(-1)?.version ?? 0) + 1
    return this.#write({ subject, version, id, schema: sent.schema, deleted: false })
  }

  async #write(version: Version): Promise<number> {
    await this.#append([[schemaKey(version), version]])
    return version.id
  }

  /** Why a schema may not follow these versions, by the subject's level. */
  incompatible(subject: string, type: Type, versions: readonly Version[]): string[] {
    const earlier = versions.map(({ version, schema }) => ({ version, schema, type: this.state.typeOf(schema) }))
    return incompatibilities(type, earlier, this.level(subject))
  }

  /** Deletes all versions of a subject: softly (ids stay readable, numbers are not given again), or for good after that. */
  deleteSubject(subject: string, permanent: boolean): Promise<number[]> {
    return this.#change(async () => {
      this.#writable(subject)
      const [all, alive] = [this.state.versions(subject, true), this.state.versions(subject)]
      if (all.length === 0) throw refuse.noSubject(subject)
      if (permanent && alive.length > 0) throw refuse.subjectNotDeleted(subject)
      if (!permanent && alive.length === 0) throw refuse.subjectDeleted(subject)
      const [going, value] = permanent ? [all, () => null] : [alive, (one: Version) => ({ ...one, deleted: true })]
      const settings: [LogKey, null][] = [
        [{ keytype: 'CONFIG', subject, magic: 0 }, null],
        [{ keytype: 'MODE', subject, magic: 0 }, null],
      ]
      await this.#append([...going.map((one): [LogKey, LogValue | null] => [schemaKey(one), value(one)]), ...settings])
      return going.map(({ version }) => version)
    })
  }

  deleteVersion(subject: string, version: Version, permanent: boolean): Promise<number> {
    return this.#change(async () => {
      this.#writable(subject)
      if (permanent && !version.deleted) throw refuse.versionNotDeleted(subject, version.version)
      if (!permanent && version.deleted) throw refuse.versionDeleted(subject, version.version)
      await this.#append([[schemaKey(version), permanent ? null : { ...version, deleted: true }]])
      return version.version
    })
  }

  /** Sets the level of a subject, or the global one (null); null as the level takes it back. */
  setLevel(subject: string | null, level: Level | null): Promise<void> {
    return this.#change(async () => {
      this.#writable(subject ?? '')
      await this.#append([[{ keytype: 'CONFIG', subject, magic: 0 }, level && { compatibilityLevel: level }]])
    })
  }

  setMode(subject: string | null, mode: Mode | null): Promise<void> {
    return this.#change(() => this.#append([[{ keytype: 'MODE', subject, magic: 0 }, mode && { mode }]]))
  }

  #writable(subject: string): void {
    const mode = this.mode(subject)
    if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE') throw refuse.notPermitted(`Subject ${subject} is in read-only mode`)
  }

  #append(entries: [LogKey, LogValue | null][]): Promise<void> {
    return this.#log
      .append(entries.map(([key, value]) => [JSON.stringify(key), value && JSON.stringify(value)]))
      .catch(error => Promise.reject(refuse.store(error.message)))
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    return turn
  }
}

const schemaKey = ({ subject, version }: Version): LogKey => ({ keytype: 'SCHEMA', subject, version, magic: 1 })
