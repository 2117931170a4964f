import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startPipeline } from '../../testing/pipeline.ts'

let pipe: Awaited<ReturnType<typeof startPipeline>>
const sql = (text: string, values?: unknown[]) => pipe.postgres.admin.query(text, values)

beforeAll(async () => {
  pipe = await startPipeline()
})

afterEach(() => pipe.clear())

afterAll(() => pipe.close())

/** A source on one new table, running; `events` waits for so many. */
async function capture(table: string, columns: string, more: Record<string, string> = {}, before: string[] = []) {
  await sql(`CREATE TABLE ${table} (${columns})`)
  await sql(`ALTER TABLE ${table} OWNER TO ${pipe.postgres.user}`)
  for (const statement of before) await sql(statement)
  const { name, prefix, config } = pipe.source({ 'table.include.list': `public\\.${table}`, ...more })
  const created = await pipe.create(name, config)
  expect(created).toMatchObject({ status: 201 })
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toBe('RUNNING')
  const topic = `${prefix}.public.${table}`
  const events = async (count: number) => {
    await expect.poll(() => pipe.count(topic), { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
    return pipe.events(topic)
  }
  return { name, prefix, config, topic, events }
}

describe('the envelope', () => {
  test('rows that were there are r, then come c, u and d with a tombstone; the key is the primary key', async () => {
    const { events, prefix, config } = await capture('basic', 'id bigint PRIMARY KEY, name text NOT NULL, note text', {}, [
      "INSERT INTO basic VALUES (1, 'a', null), (2, 'b', 'x'), (9007199254740993, 'big', null)",
    ])
    await events(3)
    await sql("INSERT INTO basic VALUES (3, 'c', 'y')")
    await sql("UPDATE basic SET name = 'C' WHERE id = 3")
    await sql('DELETE FROM basic WHERE id = 3')
    const seen = await events(7)
    expect(seen.map(({ event }) => [event?.op, event?.source.snapshot])).toEqual([
      ['r', 'first'],
      ['r', 'true'],
      ['r', 'last'],
      ['c', 'false'],
      ['u', 'false'],
      ['d', 'false'],
      [undefined, undefined],
    ])
    expect(seen[1]).toMatchObject({ key: { id: 2 }, event: { before: null, after: { id: 2, name: 'b', note: 'x' } } })
    expect(seen[3]).toMatchObject({ key: { id: 3 }, event: { before: null, after: { id: 3, name: 'c', note: 'y' } } })
    expect(seen[4]!.event).toMatchObject({ before: null, after: { id: 3, name: 'C', note: 'y' } })
    expect(seen[5]!.event).toMatchObject({ before: { id: 3, name: '', note: null }, after: null })
    expect(seen[6]).toEqual({ key: { id: 3 }, event: null })
    const source = seen[3]!.event!.source
    expect(source).toMatchObject({ schema: 'public', table: 'basic', name: prefix, db: config['database.dbname'], connector: 'postgresql' })
    expect(source.lsn).toBeGreaterThanOrEqual(seen[2]!.event!.source.lsn)
    expect(source.txId).toBeGreaterThan(0)
    expect(seen[4]!.event!.source.lsn).toBeGreaterThan(source.lsn)
    expect(Math.abs(source.ts_ms - Date.now())).toBeLessThan(60_000)
    const raw = (await pipe.read(`${prefix}.public.basic`))[2]!.value!.toString()
    expect(raw).toContain('"id":9007199254740993') // Not rounded to a double.
    const { schema } = JSON.parse(raw)
    expect(schema).toMatchObject({ type: 'struct', name: `${prefix}.public.basic.Envelope`, optional: false })
    expect(schema.fields.map((field: { field: string }) => field.field)).toEqual(['before', 'after', 'source', 'transaction', 'op', 'ts_ms', 'ts_us']) // biome-ignore format: one line
  })

  test('REPLICA IDENTITY FULL gives the row before; a changed key is a delete and a create', async () => {
    const { events } = await capture('full_rows', 'id int PRIMARY KEY, v text', { 'tombstones.on.delete': 'false' }, [
      'ALTER TABLE full_rows REPLICA IDENTITY FULL',
    ])
    await sql("INSERT INTO full_rows VALUES (1, 'one')")
    await sql("UPDATE full_rows SET v = 'uno'")
    await sql('UPDATE full_rows SET id = 7')
    await sql('DELETE FROM full_rows')
    const seen = await events(5)
    expect(seen.map(({ key, event }) => [event!.op, key, event!.before, event!.after])).toEqual([
      ['c', { id: 1 }, null, { id: 1, v: 'one' }],
      ['u', { id: 1 }, { id: 1, v: 'one' }, { id: 1, v: 'uno' }],
      ['d', { id: 1 }, { id: 1, v: 'uno' }, null],
      ['c', { id: 7 }, null, { id: 7, v: 'uno' }],
      ['d', { id: 7 }, { id: 7, v: 'uno' }, null],
    ])
  })

  test('a new column is there with the next row', async () => {
    const { events, topic } = await capture('grows', 'id int PRIMARY KEY')
    await sql('INSERT INTO grows VALUES (1)')
    await events(1)
    await sql("ALTER TABLE grows ADD COLUMN extra text NOT NULL DEFAULT 'none'")
    await sql("INSERT INTO grows VALUES (2, 'more')")
    await sql('ALTER TABLE grows DROP COLUMN extra')
    await sql('INSERT INTO grows VALUES (3)')
    const seen = await events(3)
    expect([seen[0], seen[2]].map(one => one!.event!.after)).toEqual([{ id: 1 }, { id: 3 }])
    // Between a change and its arrival the column was dropped: its type is gone. Otherwise it is there.
    expect([{ id: 2 }, { id: 2, extra: 'more' }]).toContainEqual(seen[1]!.event!.after)
    await sql("ALTER TABLE grows ADD COLUMN kept text NOT NULL DEFAULT 'none'")
    await sql("INSERT INTO grows VALUES (4, 'kept')")
    expect((await events(4))[3]!.event!.after).toEqual({ id: 4, kept: 'kept' })
    const { schema } = JSON.parse((await pipe.read(topic))[3]!.value!.toString())
    expect(schema.fields[1].fields[1]).toMatchObject({ field: 'kept', type: 'string', optional: false, default: 'none' })
  })

  test('truncate is an event only where it is switched on', async () => {
    const on = await capture('cut_on', 'id int PRIMARY KEY', { 'skipped.operations': 'none' })
    const off = await capture('cut_off', 'id int PRIMARY KEY')
    for (const table of ['cut_on', 'cut_off']) {
      await sql(`INSERT INTO ${table} VALUES (1)`)
      await sql(`TRUNCATE ${table}`)
      await sql(`INSERT INTO ${table} VALUES (2)`)
    }
    expect((await on.events(3)).map(({ key, event }) => [event!.op, key, event!.after])).toEqual([
      ['c', { id: 1 }, { id: 1 }],
      ['t', null, null],
      ['c', { id: 2 }, { id: 2 }],
    ])
    expect((await off.events(2)).map(({ event }) => event!.op)).toEqual(['c', 'c'])
  })

  test('a large value that did not change is the placeholder; with REPLICA IDENTITY FULL it is there', async () => {
    const { events } = await capture('toasted', 'id int PRIMARY KEY, n int, big text', {}, [
      'ALTER TABLE toasted ALTER big SET STORAGE EXTERNAL',
    ])
    const big = 'x'.repeat(20_000)
    await sql('INSERT INTO toasted VALUES (1, 1, $1)', [big])
    await sql('UPDATE toasted SET n = 2')
    await events(2)
    await sql('ALTER TABLE toasted REPLICA IDENTITY FULL')
    await sql('UPDATE toasted SET n = 3')
    const seen = await events(3)
    expect(seen.map(({ event }) => event!.after!['big'])).toEqual([big, '__debezium_unavailable_value', big])
  })
})

test('types are represented as by Debezium, in the snapshot and in the stream alike', async () => {
  await sql("CREATE TYPE mood AS ENUM ('sad', 'ok')")
  await sql('CREATE DOMAIN price AS numeric(10,2) NOT NULL')
  const columns = `id int PRIMARY KEY, b boolean, s smallint, l bigint, r real, d double precision, n numeric(10,2), p price, v numeric,
    c char(4), vc varchar(9), by bytea, u uuid, j jsonb, da date, ti time(3), tm time, ts timestamp(3), tu timestamp, tz timestamptz, iv interval, m mood, ar int[], bi bit(1), ip inet`
  const values = `true, -2, 9223372036854775807, 1.5, 2.25, -12.34, 1.5, 3.14159, 'ab', 'cd', '\\x00ff', '0e37df36-f698-11e6-8dd4-cb9ced3df976',
    '{"a": 1}', '2026-02-03', '01:02:03.004', '01:02:03.000004', '2026-02-03 04:05:06.007', '2026-02-03 04:05:06.000007', '2026-02-03 04:05:06.5+02',
    '1 day 00:00:01', 'ok', '{1,NULL,3}', B'1', '10.0.0.1'`
  const { events, topic } = await capture('types', columns, {}, [`INSERT INTO types VALUES (1, ${values})`])
  await sql(`INSERT INTO types VALUES (2, ${values})`)
  await sql('INSERT INTO types (id, p) VALUES (3, 0)')
  const seen = await events(3)
  const expected = {
    ...{ b: true, s: -2, r: 1.5, d: 2.25, n: '+y4=', p: 'AJY=', v: { scale: 5, value: 'BMsv' }, c: 'ab  ', vc: 'cd', by: 'AP8=' },
    ...{ u: '0e37df36-f698-11e6-8dd4-cb9ced3df976', j: '{"a": 1}', da: 20487, ti: 3_723_004, tm: 3_723_000_004 },
    ...{ ts: 1_770_091_506_007, tu: 1_770_091_506_000_007, tz: '2026-02-03T02:05:06.500000Z', iv: 86_401_000_000, m: 'ok' },
    ...{ ar: [1, null, 3], bi: true, ip: '10.0.0.1' },
  }
  for (const i of [0, 1]) expect(seen[i]!.event!.after).toMatchObject(expected)
  expect(Object.values(seen[2]!.event!.after!).filter(value => value !== null)).toEqual([3, 'AA=='])
  const raw = (await pipe.read(topic))[1]!.value!.toString()
  expect(raw).toContain('"l":9223372036854775807')
  const fields = JSON.parse(raw).schema.fields[1].fields as { field: string; name?: string; type: string }[]
  const names = Object.fromEntries(fields.map(({ field, name, type }) => [field, name ?? type]))
  expect(names).toMatchObject({
    ...{ s: 'int16', l: 'int64', r: 'float', n: 'org.apache.kafka.connect.data.Decimal', v: 'io.debezium.data.VariableScaleDecimal' },
    ...{ da: 'io.debezium.time.Date', ti: 'io.debezium.time.Time', tm: 'io.debezium.time.MicroTime', ts: 'io.debezium.time.Timestamp' },
    ...{
      tu: 'io.debezium.time.MicroTimestamp',
      tz: 'io.debezium.time.ZonedTimestamp',
      m: 'io.debezium.data.Enum',
      j: 'io.debezium.data.Json',
    },
  })
})

test('Avro: what is read through the registry equals the rows, and a new column is a new version', async () => {
  const url = pipe.registry.url
  const avro = 'io.confluent.connect.avro.AvroConverter'
  const { events, topic } = await capture(
    'avro_rows',
    'id bigint PRIMARY KEY, n numeric(6,2), at timestamptz, note text',
    {
      'key.converter': avro,
      'key.converter.schema.registry.url': url,
      'value.converter': avro,
      'value.converter.schema.registry.url': url,
    },
    ["INSERT INTO avro_rows VALUES (9007199254740993, 1.25, '2026-01-01', null)"],
  ).then(made => ({ ...made, events: (count: number) => made.events(count).catch(() => {}) }))
  await sql("INSERT INTO avro_rows VALUES (2, -3.5, null, 'x')")
  await events(2)
  await sql('ALTER TABLE avro_rows ADD COLUMN added int')
  await sql('INSERT INTO avro_rows VALUES (3, null, null, null, 7)')
  await events(3)
  const { AvroCodec } = await import('../../data/avro.ts')
  const codec = new AvroCodec(url, true)
  const read = await Promise.all((await pipe.read(topic)).map(async ({ key, value }) => [await codec.read(key!), await codec.read(value!)] as const)) // biome-ignore format: one line
  expect(read.map(([key]) => key.value)).toMatchObject([{ id: 9007199254740993n }, { id: 2n }, { id: 3n }])
  expect(read.map(([, value]) => (value.value as { after: unknown }).after)).toMatchObject([
    { id: 9007199254740993n, n: Buffer.from([125]), at: '2026-01-01T00:00:00.000000Z', note: null },
    { id: 2n, n: Buffer.from([0xfe, 0xa2]), at: null, note: 'x' },
    { id: 3n, n: null, added: 7 },
  ])
  expect((await pipe.registry.ask(`/subjects/${topic}-value/versions`)).body).toEqual([1, 2])
  const { SchemaRegistry } = await import('@kafkajs/confluent-schema-registry')
  const other = new SchemaRegistry({ host: url })
  const decoded = await other.decode((await pipe.read(topic))[1]!.value!)
  expect(decoded).toMatchObject({ op: 'c', after: { note: 'x' }, source: { table: 'avro_rows' } })
})

test('no_data streams only; never is its old name; initial_only reads only', async () => {
  const fill = (table: string) => [`INSERT INTO ${table} VALUES (1)`]
  const noData = await capture('m_no_data', 'id int PRIMARY KEY', { 'snapshot.mode': 'no_data' }, fill('m_no_data'))
  const never = await capture('m_never', 'id int PRIMARY KEY', { 'snapshot.mode': 'never' }, fill('m_never'))
  const only = await capture('m_only', 'id int PRIMARY KEY', { 'snapshot.mode': 'initial_only' }, fill('m_only'))
  for (const table of ['m_no_data', 'm_never', 'm_only']) await sql(`INSERT INTO ${table} VALUES (2)`)
  for (const made of [noData, never])
    expect((await made.events(1)).map(({ event }) => [event!.op, event!.after])).toEqual([['c', { id: 2 }]])
  expect((await only.events(1)).map(({ event }) => event!.op)).toContain('r')
  const { rows } = await sql('SELECT slot_name FROM pg_replication_slots WHERE slot_name = $1', [only.config['slot.name']])
  expect(rows).toEqual([])
})

test('heartbeats let the slot go on while only other tables are written', async () => {
  await sql('CREATE TABLE elsewhere (x text)')
  const { prefix, config } = await capture('quiet', 'id int PRIMARY KEY', { 'heartbeat.interval.ms': '100' })
  const confirmed = async () => {
    const { rows } = await sql('SELECT confirmed_flush_lsn - $2::pg_lsn AS bytes FROM pg_replication_slots WHERE slot_name = $1', [config['slot.name'], '0/0']) // biome-ignore format: one line
    return Number(rows[0].bytes)
  }
  await sql("INSERT INTO elsewhere SELECT repeat('x', 1000) FROM generate_series(1, 1000)")
  const { rows } = await sql("SELECT pg_current_wal_lsn() - '0/0' AS lsn")
  await expect.poll(confirmed, { timeout: 10_000 }).toBeGreaterThanOrEqual(Number(rows[0].lsn))
  const beats = await pipe.read(`__debezium-heartbeat.${prefix}`)
  expect(JSON.parse(beats[0]!.key!.toString()).payload).toEqual({ serverName: prefix })
})
