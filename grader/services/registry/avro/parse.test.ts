import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { InvalidSchema, parseSchema } from './parse.ts'
import { printSchema } from './print.ts'

const record = (fields: unknown, more = {}) => ({ type: 'record', name: 'R', fields, ...more })
const field = (type: unknown, more = {}) => record([{ name: 'x', type, ...more }])

describe('what is no schema is refused with its place', () => {
  test.each([
    ['{', 'not JSON'],
    [{}, '"type"'],
    [3, 'no type'],
    ['"strin"', '"strin" is not a defined name'],
    [record(undefined), '"fields" must be a list'],
    [{ type: 'record', fields: [] }, 'without "name"'],
    [{ type: 'record', name: '1a', fields: [] }, 'no valid name'],
    [{ type: 'record', name: 'a-b', fields: [] }, 'no valid name'],
    [record([{ name: 'x' }]), 'field \'x\' of record R: "type" is missing'],
    [
      record([
        { name: 'x', type: 'int' },
        { name: 'x', type: 'int' },
      ]),
      "two fields are named 'x'",
    ],
    [field('Missing'), 'field \'x\' of record R: "Missing"'],
    [field('int', { default: 'a' }), 'field \'x\' of record R: the default "a"'],
    [field('int', { default: 2 ** 31 }), 'the default'],
    [field('int', { default: null }), 'the default'],
    [field(['int', 'string'], { default: null }), 'the default'],
    [field({ type: 'array', items: 'int' }, { default: ['a'] }), 'the default'],
    [field('bytes', { default: '€' }), 'the default'],
    [field({ type: 'fixed', name: 'F', size: 2 }, { default: 'a' }), 'the default'],
    [field('int', { order: 'up' }), '"order"'],
    [field({ type: 'enum', name: 'E', symbols: ['A', 'A'] }), 'twice'],
    [field({ type: 'enum', name: 'E', symbols: ['a-b'] }), 'no symbol'],
    [field({ type: 'enum', name: 'E', symbols: ['A'], default: 'B' }), 'none of its symbols'],
    [field({ type: 'fixed', name: 'F', size: -1 }), '"size"'],
    [field({ type: 'array' }), '"items" is missing'],
    [field(['int', 'int']), 'int twice'],
    [field(['int', ['string']]), 'directly contain'],
    [
      record([
        { name: 'a', type: { type: 'fixed', name: 'F', size: 1 } },
        { name: 'b', type: { type: 'fixed', name: 'F', size: 1 } },
      ]),
      'defined twice',
    ],
    ['['.repeat(300) + ']'.repeat(300), 'nested deeper'],
  ])('%j', (schema, why) => {
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
    expect(() => parseSchema(text)).toThrow(InvalidSchema)
    expect(() => parseSchema(text)).toThrow(why)
  })
})

test('the same schema written in different ways prints alike, and a difference in documentation does not', () => {
  const one = parseSchema('{"type":"record","name":"a.b.R","fields":[{"name":"x","type":{"type":"int"}},{"name":"y","type":"a.b.R"}]}')
  const two = parseSchema(
    '{ "fields": [{"type": "int", "name": "x"}, {"name": "y", "type": "R"}], "namespace": "a.b", "name": "R", "type": "record" }',
  )
  expect(printSchema(one)).toBe(printSchema(two))
  expect(printSchema(one)).toBe(
    '{"type":"record","name":"R","namespace":"a.b","fields":[{"name":"x","type":"int"},{"name":"y","type":"R"}]}',
  )
  expect(printSchema(parseSchema(JSON.stringify(field('int', { doc: 'd' }))))).not.toBe(
    printSchema(parseSchema(JSON.stringify(field('int')))),
  )
  expect(printSchema(parseSchema('string'))).toBe('"string"')
})

test('what is printed means the same to another implementation', () => {
  const schema = {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    aliases: ['Bestellung'],
    fields: [
      { name: 'id', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'status', type: { type: 'enum', name: 'other.Status', symbols: ['A', 'B'], default: 'A' }, default: 'B' },
      { name: 'again', type: ['null', 'other.Status'], default: null },
      { name: 'parent', type: ['null', 'Order'], default: null, order: 'ignore' },
      { name: 'tags', type: { type: 'map', values: { type: 'array', items: 'string' } }, default: {} },
    ],
  }
  const ours = avsc.Type.forSchema(JSON.parse(printSchema(parseSchema(JSON.stringify(schema)))))
  expect(ours.schema()).toEqual(avsc.Type.forSchema(schema as avsc.Schema).schema())
})
