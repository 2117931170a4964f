import { AvroCodec } from './avro.ts'
import { readJson, writeJson } from './json.ts'
import { type Data, DataError, simple } from './schema.ts'

/** Between bytes in a topic and Connect's data. */
export interface Converter {
  write(topic: string, data: Data): Buffer | Promise<Buffer>
  /** @throws DataError for bytes that are not of its format */
  read(topic: string, bytes: Buffer): Data | Promise<Data>
}

type Options = Record<string, string>
type Make = (options: Options, isKey: boolean) => Converter

const json: Make = options => {
  const withSchema = options['schemas.enable'] !== 'false'
  return { write: (_topic, data) => writeJson(data, withSchema), read: (_topic, bytes) => readJson(bytes, withSchema) }
}

const avro: Make = (options, isKey) => {
  const url = options['schema.registry.url'] ?? options['apicurio.registry.url'] ?? ''
  const codec = new AvroCodec(url.split(',')[0] ?? '', options['auto.register.schemas'] !== 'false')
  const subject = (topic: string) => `${topic}-${isKey ? 'key' : 'value'}`
  return { write: (topic, data) => codec.write(subject(topic), data), read: (_topic, bytes) => codec.read(bytes) }
}

const text: Make = () => ({
  write: (_topic, { value }) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part))), // biome-ignore format: one line
  read: (_topic, bytes) => ({ schema: simple('string', { optional: true }), value: bytes.toString() }),
})

const bytes: Make = () => ({
  write: (_topic, { value }) => {
    if (Buffer.isBuffer(value)) return value
    throw new DataError('ByteArrayConverter only takes bytes')
  },
  read: (_topic, value) => ({ schema: simple('bytes', { optional: true }), value }),
})

/** By the class names that people configure. */
const CONVERTERS: Record<string, Make> = {
  'org.apache.kafka.connect.json.JsonConverter': json,
  'org.apache.kafka.connect.storage.StringConverter': text,
  'org.apache.kafka.connect.converters.ByteArrayConverter': bytes,
  'io.confluent.connect.avro.AvroConverter': avro,
  'io.apicurio.registry.utils.converter.AvroConverter': avro,
}

export const CONVERTER_CLASSES = Object.keys(CONVERTERS)
/** What Connect's own worker configuration names in its examples, where a connector names none. */
const DEFAULT = 'org.apache.kafka.connect.json.JsonConverter'

/** What is wrong with a converter's part of a configuration, by key. */
export function converterErrors(config: Options, kind: 'key' | 'value'): [key: string, error: string][] {
  const key = `${kind}.converter`
  const name = config[key] ?? DEFAULT
  if (!CONVERTERS[name]) return [[key, `Class ${name} could not be found.`]]
  if (CONVERTERS[name] !== avro) return []
  const urls = [`${key}.schema.registry.url`, `${key}.apicurio.registry.url`]
  const given = urls.find(one => config[one])
  if (!given) return [[urls[0]!, `Missing required configuration "schema.registry.url" which has no default value.`]]
  return URL.canParse(config[given]!.split(',')[0]!) ? [] : [[given, `Invalid value ${config[given]} for configuration ${given}: no URL`]]
}

/** The converter that a connector's configuration names for keys or values. */
export function converterOf(config: Options, kind: 'key' | 'value'): Converter {
  const prefix = `${kind}.converter`
  const make = CONVERTERS[config[prefix] ?? DEFAULT]!
  const options = Object.entries(config).flatMap(([key, value]) =>
    key.startsWith(`${prefix}.`) ? [[key.slice(prefix.length + 1), value]] : [],
  )
  return make(Object.fromEntries(options), kind === 'key')
}
