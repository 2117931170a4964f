import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasEngine, hasImage, named } from '../engines/docker/testing.ts'
import { holdWarm, warmProject } from '../engines/docker/warm.ts'
import { openRunDir, type Run } from '../process/run.ts'
import { composeDefaults, composeServed } from './compose-services.ts'
import { openPostgres } from './postgres/fixture.ts'

const IMAGE = 'postgres:17'
const ready = await hasImage(IMAGE)

test('a list of brokers has a variable each for its port', () => {
  expect(composeDefaults({ kafka: ['one', 'two'], postgres: ['db'] })).toEqual({
    stays: ['one', 'two', 'db'],
    portVariables: { KAFKA_PORT: 'one:9094', KAFKA_PORT_2: 'two:9094' },
  })
})

describe.runIf(ready)(named('with an engine', ready, hasEngine ? `${IMAGE} is not here: pnpm images build postgres` : undefined), () => {
  let run: Run
  let labDir: string
  beforeAll(() => {
    run = openRunDir()
    labDir = mkdtempSync(join(tmpdir(), 'millrace-services-'))
    const environment = { POSTGRES_USER: 'owner', POSTGRES_PASSWORD_FILE: '/run/secrets/word', PUBLISHED: `\${PORT}` }
    const db = { image: IMAGE, environment, secrets: ['word'], ports: [`127.0.0.1:\${PORT}:5432`] }
    writeFileSync(join(labDir, 'word.txt'), 'a secret\n')
    writeFileSync(
      join(labDir, 'compose.yaml'),
      JSON.stringify({ services: { db, web: { ...db, ports: [] } }, secrets: { word: { file: './word.txt' } } }),
    )
  })
  afterAll(async () => {
    await run.close()
    rmSync(labDir, { recursive: true, force: true })
  })

  const warm = async () => {
    const options = { runId: run.id, runDir: run.dir, labDir, images: [IMAGE], portVariables: { PORT: 'db:5432' } }
    const project = await warmProject({ ...options, stays: ['db'] })
    project.events.close()
    return { project, id: (await project.container('db')).id, hold: holdWarm(project, run.dir) }
  }

  test('a file is told its port, and its server is the fixture: outages leave it as it was for the next', async () => {
    const first = await warm()
    const port = first.project.port('db', 5432)
    expect((await first.project.container('db')).raw.Config.Env).toContain(`PUBLISHED=${port}`)
    expect(first.project.port('web', 5432), 'what is not published').toBeUndefined()

    const { endpoint, host } = await composeServed(first.project, 'postgres', ['db'])
    const postgres = await openPostgres(endpoint, 'kept', { on: host })
    expect(postgres.inside).toEqual({ host: 'db', port: 5432 })
    await postgres.admin.query('CREATE TABLE t AS SELECT 1 AS n')
    await postgres.pause()
    await postgres.resume()
    await postgres.kill()
    await host.ensure()
    expect((await postgres.admin.query('SELECT n FROM t')).rows).toEqual([{ n: 1 }])
    await postgres.close()
    await first.hold.release(host.healed)

    const second = await warm()
    expect([second.id, second.project.port('db', 5432)]).toEqual([first.id, port])
    const again = await composeServed(second.project, 'postgres', ['db'])
    const other = await openPostgres(again.endpoint, 'other', { on: again.host })
    expect((await other.admin.query("SELECT FROM pg_database WHERE datname LIKE 'kpi_kept%'")).rowCount).toBe(0)
    await other.close()

    // Nothing was released: whoever held it was killed.
    expect((await warm()).id).not.toBe(first.id)
  }, 180_000)

  test('what the file does not have is the learner’s to add', async () => {
    const { project } = await warm()
    await expect(composeServed(project, 'kafka', ['kafka'])).rejects.toMatchObject({ feedback: { expected: 'one named kafka' } })
    await expect(composeServed(project, 'postgres', ['web'])).rejects.toMatchObject({ feedback: { expected: '5432 is published' } })
  }, 60_000)
})
