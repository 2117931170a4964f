/** Configuration keys as Kafka Connect describes and validates them. */

export type Config = Record<string, string>

export interface ConfigKey {
  name: string
  type: 'STRING' | 'INT' | 'LONG' | 'BOOLEAN' | 'LIST' | 'CLASS' | 'PASSWORD'
  /** Undefined: required, unless `optional`. */
  default?: string
  optional?: boolean
  importance?: 'HIGH' | 'MEDIUM' | 'LOW'
  doc: string
  group?: string
  valid?: readonly string[]
  /** Whole numbers: the least. */
  min?: number
  /** Says what is wrong with a value, if anything. */
  check?: (value: string) => string | undefined
}

/** Key → errors. */
export type Errors = Map<string, string[]>

/** What is wrong with each key's value by itself. */
export function checkKeys(keys: readonly ConfigKey[], config: Config): Errors {
  const errors: Errors = new Map()
  for (const key of keys) {
    const problem = problemOf(key, config[key.name])
    if (problem) errors.set(key.name, [problem])
  }
  return errors
}

function problemOf(key: ConfigKey, given: string | undefined): string | undefined {
  if (given === undefined || given === '') {
    if (key.default !== undefined || key.optional) return undefined
    return `Missing required configuration "${key.name}" which has no default value.`
  }
  const invalid = (why: string) => `Invalid value ${key.type === 'PASSWORD' ? '[hidden]' : given} for configuration ${key.name}: ${why}`
  if (key.valid && !key.valid.includes(given.toLowerCase())) return invalid(`Value must be one of ${key.valid.join(', ')}`)
  if (key.type === 'BOOLEAN' && !/^(true|false)$/i.test(given)) return invalid('Expected value to be either true or false')
  if (key.type === 'INT' || key.type === 'LONG') {
    if (!/^-?\d{1,18}$/.test(given)) return invalid(`Not a number of type ${key.type}`)
    if (Number(given) < (key.min ?? Number.NEGATIVE_INFINITY)) return invalid(`Value must be at least ${key.min}`)
  }
  const why = key.check?.(given)
  return why === undefined ? undefined : invalid(why)
}

/** A configuration with what it leaves out filled in; read with `text`, `number`, `flag`, `list`. */
export class Settings {
  readonly #values: Config

  constructor(keys: readonly ConfigKey[], config: Config) {
    const defaults = keys.flatMap(key => (key.default === undefined ? [] : [[key.name, key.default]]))
    const given = Object.entries(config).filter(([, value]) => value !== '' && value !== null)
    this.#values = { ...Object.fromEntries(defaults), ...Object.fromEntries(given) }
  }

  text = (name: string): string => this.#values[name] ?? ''
  number = (name: string): number => Number(this.text(name))
  flag = (name: string): boolean => this.text(name).toLowerCase() === 'true'
  list = (name: string): string[] => this.text(name).split(',').map(part => part.trim()).filter(part => part !== '') // biome-ignore format: one line
}

/** True when one of a comma-separated list of regular expressions fits the whole name, as in Debezium's include and exclude lists. */
export const matchesAny = (patterns: readonly string[], name: string): boolean =>
  patterns.some(pattern => new RegExp(`^(?:${pattern})$`, 'i').test(name))

/** For keys that hold regular expressions. */
export function checkPatterns(value: string): string | undefined {
  try {
    for (const pattern of value.split(',')) new RegExp(`^(?:${pattern.trim()})$`, 'i')
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

/** The answer of `PUT /connector-plugins/<class>/config/validate`. Keys that nobody defines are listed without a definition. */
export function validation(name: string, keys: readonly ConfigKey[], config: Config, errors: Errors) {
  const groups = [...new Set(keys.map(key => key.group ?? 'Common'))]
  const known = keys.map((key, order) => ({
    definition: {
      name: key.name,
      type: key.type,
      required: key.default === undefined && !key.optional,
      default_value: key.default ?? null,
      importance: key.importance ?? 'MEDIUM',
      documentation: key.doc,
      group: key.group ?? 'Common',
      width: 'MEDIUM',
      display_name: key.name,
      dependents: [],
      order,
    },
    value: value(key.name, config[key.name] ?? key.default ?? null, [...(key.valid ?? [])]),
  }))
  const unknown = Object.keys(config)
    .filter(one => !keys.some(key => key.name === one))
    .map(one => ({ definition: null, value: value(one, config[one] ?? null, []) }))
  return { name, error_count: [...errors.values()].flat().length, groups, configs: [...known, ...unknown] }

  function value(key: string, given: string | null, recommended: string[]) {
    return { name: key, value: given, recommended_values: recommended, errors: errors.get(key) ?? [], visible: true }
  }
}
