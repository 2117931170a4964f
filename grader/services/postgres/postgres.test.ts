import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openPostgres } from './fixture.ts'

let run: Run
let engine: Engine
let mine: Awaited<ReturnType<typeof openPostgres>>
let theirs: Awaited<ReturnType<typeof openPostgres>>

const open = (kpi: string, options = {}) => openPostgres(engine.endpoints[0]!, kpi, options)
const connected = async (url: string) => {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  return client
}
const run1 = async (sql: string, url = mine.url) => {
  const client = await connected(url)
  return client.query(sql).finally(() => client.end().catch(() => {}))
}

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['postgres'], { runId: run.id, runDir: run.dir })
  mine = await open('mine')
  theirs = await open('theirs')
  await theirs.admin.query('CREATE TABLE secret AS SELECT 1 AS kept')
})

afterAll(async () => {
  await mine.close()
  await theirs.close()
  await engine.stop()
  await run.close()
})

/** THEIRS is another KPI's database and role, BACKEND a backend of the grader. */
const HOSTILE = `
DROP DATABASE THEIRS
ALTER DATABASE THEIRS RENAME TO x
CREATE DATABASE x
CREATE ROLE x
DROP ROLE THEIRS
ALTER ROLE THEIRS PASSWORD 'x'
ALTER ROLE CURRENT_USER SUPERUSER
ALTER ROLE CURRENT_USER CREATEDB
ALTER ROLE CURRENT_USER REPLICATION
GRANT pg_execute_server_program TO CURRENT_USER
SET ROLE millrace
SET SESSION AUTHORIZATION millrace
ALTER SYSTEM SET fsync = off
SET log_min_messages = debug5
SET temp_file_limit = -1
SELECT pg_reload_conf()
SELECT pg_read_file('pg_hba.conf')
SELECT pg_read_binary_file('PG_VERSION')
SELECT pg_ls_dir('.')
SELECT pg_stat_file('PG_VERSION')
SELECT lo_import('/etc/passwd')
SELECT pg_terminate_backend(BACKEND)
SELECT pg_cancel_backend(BACKEND)
SELECT pg_switch_wal()
SELECT pg_create_logical_replication_slot('s', 'pgoutput')
SELECT passwd FROM pg_shadow
SELECT rolpassword FROM pg_authid
COPY (SELECT 1) TO PROGRAM 'touch /tmp/hostile'
COPY (SELECT 1) TO '/tmp/hostile'
CREATE TABLE t (x text); COPY t FROM PROGRAM 'id'
CREATE TABLE t (x text); COPY t FROM '/etc/passwd'
CREATE EXTENSION dblink
CREATE EXTENSION file_fdw
CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'system'
CREATE LANGUAGE plpython3u
CREATE TABLESPACE x LOCATION '/tmp'
CREATE SUBSCRIPTION x CONNECTION '' PUBLICATION x
CREATE EVENT TRIGGER x ON ddl_command_start EXECUTE FUNCTION x()
CHECKPOINT
LOAD 'auto_explain'
UPDATE pg_database SET datname = 'x'
`
  .trim()
  .split('\n')

describe('a role confined to its database', () => {
  test.each(HOSTILE)('is refused %s', async line => {
    const { rows } = await theirs.admin.query('SELECT pg_backend_pid() AS pid')
    const sql = line.replaceAll('THEIRS', theirs.user).replaceAll('BACKEND', String(rows[0].pid))
    await expect(run1(sql)).rejects.toThrow(/permission denied|must be owner|is not allowed/)
    expect((await theirs.admin.query('SELECT kept FROM secret')).rows).toEqual([{ kept: 1 }])
  })

  test('cannot enter the database of another KPI or of the administrator', async () => {
    for (const database of [theirs.database, 'template1', 'template0'])
      await expect(connected(mine.url.replace(/[^/]+$/, database))).rejects.toThrow(/permission denied|not currently accepting/)
  })

  test('cannot start physical replication (a copy of the whole cluster)', async () => {
    await expect(connected(`${mine.url}?replication=true`)).rejects.toThrow(/pg_hba/)
  })

  test('cannot use up the connections that the grader needs', async () => {
    const clients = await Promise.allSettled(Array.from({ length: 130 }, () => connected(mine.url)))
    const refused = clients.filter(one => one.status === 'rejected').length
    expect(refused).toBeGreaterThan(0)
    expect((await theirs.admin.query('SELECT 1')).rowCount).toBe(1)
    const another = await open('another')
    await another.close()
    await Promise.all(clients.map(one => (one.status === 'fulfilled' ? one.value.end() : undefined)))
  })

  test("gains nothing from what the grader's own connection reads or writes", async () => {
    const evil = (body: string) => `CREATE OR REPLACE FUNCTION evil() RETURNS int LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN 1; END $$`
    await run1(`${evil('RETURN 1')}; CREATE VIEW orders AS SELECT evil() AS x; GRANT ALL ON orders TO PUBLIC`)
    for (const body of [
      `ALTER ROLE ${mine.user} SUPERUSER`,
      "COPY (SELECT 1) TO PROGRAM 'touch /tmp/hostile'",
      "PERFORM pg_read_file('PG_VERSION')",
      'ALTER SYSTEM SET fsync = off',
      `GRANT ${mine.user}_grader TO ${mine.user}`,
      `DROP DATABASE ${theirs.database}`,
    ]) {
      await run1(evil(body))
      await expect(mine.admin.query('SELECT x FROM orders'), body).rejects.toThrow(
        /permission denied|must be owner|cannot (run|be executed)/,
      )
    }
    await run1('DROP VIEW orders')
  })

  test("what the grader's connection creates is the learner's to use, and the other way round", async () => {
    await mine.admin.query('CREATE TABLE seeded AS SELECT 1 AS x')
    expect((await run1('UPDATE seeded SET x = 2 RETURNING x')).rows).toEqual([{ x: 2 }])
    await run1('CREATE TABLE theirs (x int)')
    await mine.admin.query('INSERT INTO theirs VALUES (1)')
    await mine.admin.query('ALTER TABLE theirs ADD y int')
    await mine.admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [mine.user])
  })

  test('owns its database: schemas, functions, trusted extensions', async () => {
    await run1(
      'CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY); CREATE EXTENSION pgcrypto; CREATE PUBLICATION p FOR TABLE app.t',
    )
    expect((await run1("SELECT current_setting('wal_level') AS level")).rows[0].level).toBe('logical')
  })
})

test('a role with the replication option can stream changes; closing drops its slot though it is in use', async () => {
  const streaming = await open('cdc', { replication: true })
  const client = await connected(`${streaming.url}?replication=database`)
  const { rows } = await client.query('CREATE_REPLICATION_SLOT held LOGICAL pgoutput')
  void client
    .query(`START_REPLICATION SLOT held LOGICAL ${rows[0].consistent_point} (proto_version '1', publication_names 'p')`)
    .catch(() => {})
  const active = "SELECT FROM pg_replication_slots WHERE slot_name = 'held' AND active"
  await expect.poll(async () => (await mine.admin.query(active)).rowCount).toBe(1)
  await streaming.close()
  expect((await mine.admin.query("SELECT FROM pg_replication_slots WHERE slot_name = 'held'")).rowCount).toBe(0)
})

test('closing removes database and role though a backend is busy without end', async () => {
  const short = await open('short')
  const client = await connected(short.url)
  const busy = client.query('DO $$ BEGIN LOOP END LOOP; END $$').catch(error => error)
  await short.close()
  expect(await busy).toBeInstanceOf(Error)
  const left = await mine.admin.query('SELECT FROM pg_roles WHERE rolname = $1 UNION ALL SELECT FROM pg_database WHERE datname = $1', [
    short.user,
  ])
  expect(left.rowCount).toBe(0)
})

test('kill -9 and start: committed rows are there, on the same port', async () => {
  const fixture = await open('crash')
  await fixture.admin.query('CREATE TABLE t AS SELECT 7 AS x')
  await fixture.kill()
  await expect(connected(fixture.url)).rejects.toThrow('ECONNREFUSED')
  await fixture.start()
  expect((await fixture.admin.query('SELECT x FROM t')).rows).toEqual([{ x: 7 }])
  await fixture.close()
})

test('pause makes it silent, resume brings the answers; a paused one is not healthy', async () => {
  const fixture = await open('pause')
  const client = await connected(fixture.url)
  await fixture.pause()
  let answered = false
  const answer = client.query('SELECT 1').then(() => (answered = true))
  expect(await engine.services[0]!.healthy()).toBe(false)
  expect(answered).toBe(false)
  await fixture.resume()
  await answer
  await client.end()
  await fixture.close()
})

test('reset drops what KPIs left behind', async () => {
  const left = await open('left')
  await left.admin.end()
  await engine.reset()
  await expect(connected(left.url)).rejects.toThrow(/password authentication failed/)
  mine = await open('mine')
  theirs = await open('theirs')
})

test('two first runs at once with an empty cache both start', async () => {
  const cache = process.env.MILLRACE_CACHE
  process.env.MILLRACE_CACHE = join(run.dir, 'empty-cache')
  try {
    const engines = await Promise.all(['a', 'b'].map(name => startEmbedded(['postgres'], { runId: run.id, runDir: join(run.dir, name) })))
    for (const one of engines) expect(await one.services[0]!.healthy()).toBe(true)
    await Promise.all(engines.map(one => one.stop()))
    expect(existsSync(join(run.dir, 'a', 'services-1', 'postgres'))).toBe(false)
  } finally {
    if (cache === undefined) delete process.env.MILLRACE_CACHE
    else process.env.MILLRACE_CACHE = cache
  }
})
