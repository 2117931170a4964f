/** Each change of an Avro schema × each level, by the specification's resolution rules. */
import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { parseSchema } from './avro/parse.ts'
import { incompatibilities, LEVELS, type Level } from './compatibility.ts'

const record = (...fields: unknown[]) => ({ type: 'record', name: 'Order', namespace: 'shop', fields })
const id = { name: 'id', type: 'long' }
const field = (type: unknown, more = {}) => record(id, { name: 'x', type, ...more })
const status = (symbols: string[], more = {}) => ({ type: 'enum', name: 'Status', symbols, ...more })
const list = (more: unknown[] = []) => ({ type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }, ...more] })

/** backward: the new schema reads old data; forward: the old schema reads new data; word: what the refusal must name. */
const CHANGES: [change: string, before: unknown, after: unknown, backward: boolean, forward: boolean, word?: string][] = [
  ['nothing', field('string'), field('string'), true, true],
  ['documentation only', field('string'), field('string', { doc: 'a text' }), true, true],
  ['a field with a default is added', record(id), field('string', { default: '' }), true, true],
  ['a field without a default is added', record(id), field('string'), false, true, "'x'"],
  ['a field with a default is removed', field('string', { default: '' }), record(id), true, true],
  ['a field without a default is removed', field('string'), record(id), true, false, "'x'"],
  ['a field gets a default', field('string'), field('string', { default: '' }), true, true],
  ['a field loses its default', field('string', { default: '' }), field('string'), true, true],
  [
    'a field is renamed',
    record(id, { name: 'a', type: 'int' }),
    record(id, { name: 'b', type: 'int' }),
    false,
    false,
    'READER_FIELD_MISSING',
  ],
  ['a field is renamed with an alias', record(id, { name: 'a', type: 'int' }), record(id, { name: 'b', type: 'int', aliases: ['a'] }), true, false, "'a'"], // biome-ignore format: one line
  ['fields change places', record(id, { name: 'a', type: 'int' }), record({ name: 'a', type: 'int' }, id), true, true],
  ['int to long', field('int'), field('long'), true, false, "'x'"],
  ['long to int', field('long'), field('int'), false, true, "'x'"],
  ['int to float', field('int'), field('float'), true, false],
  ['long to float', field('long'), field('float'), true, false],
  ['long to double', field('long'), field('double'), true, false],
  ['float to double', field('float'), field('double'), true, false],
  ['double to float', field('double'), field('float'), false, true],
  ['string to bytes', field('string'), field('bytes'), true, true],
  ['string to int', field('string'), field('int'), false, false, "'x'"],
  ['boolean to string', field('boolean'), field('string'), false, false],
  ['a type becomes nullable', field('string'), field(['null', 'string']), true, false, "'x'"],
  ['a nullable type becomes required', field(['null', 'string']), field('string'), false, true, "'x'"],
  ['a branch is added to a union', field(['null', 'int']), field(['null', 'int', 'string']), true, false, 'string'],
  ['a branch is removed from a union', field(['null', 'int', 'string']), field(['null', 'int']), false, true, 'string'],
  ['branches change places', field(['null', 'int']), field(['int', 'null']), true, true],
  ['a branch is promoted', field(['null', 'int']), field(['null', 'long']), true, false],
  ['an enum gets a symbol', field(status(['A'])), field(status(['A', 'B'])), true, false, 'B'],
  ['an enum loses a symbol', field(status(['A', 'B'])), field(status(['A'])), false, true, 'B'],
  ['an enum with a default gets a symbol', field(status(['A'], { default: 'A' })), field(status(['A', 'B'], { default: 'A' })), true, true],
  [
    'an enum with a default loses a symbol',
    field(status(['A', 'B'], { default: 'A' })),
    field(status(['A'], { default: 'A' })),
    true,
    true,
  ],
  ['an enum is renamed', field(status(['A'])), field({ type: 'enum', name: 'State', symbols: ['A'] }), false, false, 'State'],
  [
    'a fixed changes its size',
    field({ type: 'fixed', name: 'F', size: 4 }),
    field({ type: 'fixed', name: 'F', size: 8 }),
    false,
    false,
    "'x'",
  ],
  ['items are promoted', field({ type: 'array', items: 'int' }), field({ type: 'array', items: 'long' }), true, false, '/items'],
  ['values change', field({ type: 'map', values: 'int' }), field({ type: 'map', values: 'string' }), false, false, '/values'],
  ['an array becomes a map', field({ type: 'array', items: 'int' }), field({ type: 'map', values: 'int' }), false, false, "'x'"],
  ['a nested record gets a field', field({ type: 'record', name: 'In', fields: [] }), field({ type: 'record', name: 'In', fields: [{ name: 'deep', type: 'int' }] }), false, true, "'deep'"], // biome-ignore format: one line
  ['a record is renamed', record(id), { ...record(id), name: 'Bestellung' }, false, false, 'Bestellung'],
  ['a record is renamed with an alias', record(id), { ...record(id), name: 'Purchase', aliases: ['shop.Order'] }, true, false],
  ['only the namespace changes', record(id), { ...record(id), namespace: 'store' }, true, true],
  ['a record becomes a primitive', record(id), 'string', false, false, 'string'],
  ['a logical type is added', field('int'), field({ type: 'int', logicalType: 'date' }), true, true],
  ['a recursive type gets a field with a default', list(), list([{ name: 'v', type: 'int', default: 0 }]), true, true],
  ['a recursive type gets a field without a default', list(), list([{ name: 'v', type: 'int' }]), false, true, "'v'"],
  ['a record in a union gets a field without a default', field(['null', { type: 'record', name: 'In', fields: [] }]), field(['null', { type: 'record', name: 'In', fields: [{ name: 'deep', type: 'int' }] }]), false, true, "'deep'"], // biome-ignore format: one line
]

const check = (level: Level, next: unknown, ...earlier: unknown[]) =>
  incompatibilities(
    parseSchema(JSON.stringify(next)),
    earlier.map((schema, i) => ({ version: i + 1, schema: JSON.stringify(schema), type: parseSchema(JSON.stringify(schema)) })),
    level,
  )

describe.each(CHANGES)('%s', (_change, before, after, backward, forward, word) => {
  test.each(LEVELS)('%s', level => {
    const allowed = level === 'NONE' || ((level.startsWith('BACKWARD') ? true : forward) && (level.startsWith('FORWARD') ? true : backward))
    const messages = check(level, after, before)
    expect(messages.length === 0, messages.join('\n')).toBe(allowed)
    if (!allowed && word) expect(messages.join('\n')).toContain(word)
  })
})

describe('against several versions', () => {
  const v1 = record(id, { name: 'x', type: 'string', default: '' })
  const v2 = record(id)
  const v3 = record(id, { name: 'x', type: 'int', default: 0 })

  test.each([
    ['BACKWARD', true],
    ['BACKWARD_TRANSITIVE', false],
    ['FORWARD', true],
    ['FORWARD_TRANSITIVE', false],
    ['FULL', true],
    ['FULL_TRANSITIVE', false],
    ['NONE', true],
  ] as const)('%s looks at the right ones', (level, allowed) => {
    const messages = check(level, v3, v1, v2)
    expect(messages.length === 0).toBe(allowed)
    if (!allowed) expect(messages.join()).toContain('oldSchemaVersion: 1')
  })
})

test('types that refer to each other through unions are decided soundly', () => {
  // B's field a refers back to A, which does not fit: neither does B, although A was taken to fit while it was looked at.
  const schema = (more: unknown[]) => ({
    type: 'record',
    name: 'A',
    fields: [{ name: 'b', type: ['null', { type: 'record', name: 'B', fields: [{ name: 'a', type: ['null', 'A'] }] }] }, ...more],
  })
  const direct = (more: unknown[]) => record(id, { name: 'either', type: [schema(more), 'B', 'null'] })
  expect(check('BACKWARD', direct([{ name: 'z', type: 'int' }]), direct([])).join()).toContain("'z'")
})

test('a schema made to take exponential time does not', () => {
  const layers = (leaf: string) => {
    const types: unknown[] = [{ type: 'record', name: 'R0', fields: [{ name: 'leaf', type: leaf }] }]
    for (let i = 1; i < 300; i++) {
      const below = ['null', `R${i - 1}`]
      types.push({ type: 'record', name: `R${i}`, fields: ['l', 'r'].map(name => ({ name, type: below })) })
    }
    return types
  }
  const begun = performance.now()
  expect(check('FULL', layers('int'), layers('string')).join()).toContain("'leaf'")
  expect(performance.now() - begun).toBeLessThan(5_000)
})

// avsc compares full names, takes no alias of a type from another namespace, and knows no enum defaults: those rows are left out.
const comparable = CHANGES.filter(([change]) => !/namespace|renamed|with a default loses|with a default gets/.test(change))
test.each(comparable)('%s: another implementation reads, or refuses, the old data alike', (_change, before, after, backward) => {
  const [reader, writer] = [avsc.Type.forSchema(after as avsc.Schema), avsc.Type.forSchema(before as avsc.Schema)]
  let reads = true
  try {
    reader.createResolver(writer)
  } catch {
    reads = false
  }
  expect(reads).toBe(backward)
})
