import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { docker } from '../../engines/docker/client.ts'
import { must, type Trial } from './trial.ts'

/** Initialises with user, database and scripts, guards the password, keeps acknowledged rows over kill -9, takes options, refuses without a password. */
export async function postgres(trial: Trial): Promise<string> {
  const password = `p'"$ ${randomBytes(6).toString('hex')}`
  await trial.start({
    env: { POSTGRES_USER: 'fjord', POSTGRES_PASSWORD: password, POSTGRES_DB: 'cold-chain' },
    ports: [5432],
    command: ['-c', 'wal_level=logical'],
    files: {
      '/docker-entrypoint-initdb.d/1.sql': 'create table trucks (id int primary key, name text);\n',
      '/docker-entrypoint-initdb.d/2.sh': `#!/bin/bash\npsql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c "insert into trucks values (1, 'first')"\n`,
    },
  })
  const ask = async (sql: string, as = password) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: await trial.port(5432),
      user: 'fjord',
      password: as,
      database: 'cold-chain',
      connectionTimeoutMillis: 3_000,
    })
    await client.connect()
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }
  await trial.until('PostgreSQL answers', async () => (await ask('select 1')).length === 1)
  must((await ask('select name from trucks'))[0]?.['name'] === 'first', 'scripts of /docker-entrypoint-initdb.d ran, .sql and .sh in order')
  must((await ask('show wal_level'))[0]?.['wal_level'] === 'logical', 'options of the command reach the server')
  must(
    await ask('select 1', 'wrong').then(
      () => false,
      error => error.code === '28P01',
    ),
    'a wrong password is refused',
  )
  await ask("insert into trucks select i, 'truck ' || i from generate_series(2, 1000) i")
  await trial.restart()
  await trial.until('it is back after kill -9', async () => (await ask('select 1')).length === 1)
  must(Number((await ask('select count(*) from trucks'))[0]?.['count']) === 1000, 'acknowledged rows survive kill -9')
  must((await trial.exec(['pg_isready', '-U', 'fjord'])).code === 0, 'pg_isready is there for healthchecks')
  must((await docker(['exec', trial.container, 'cat', '/proc/1/status'])).includes('Uid:\t999'), 'the server is not root')
  must(
    await trial.run([]).then(
      () => false,
      error => String(error.said).includes('POSTGRES_PASSWORD'),
    ),
    'without a password it refuses to start and says why',
  )
  return 'initialised by scripts, kept 1000 rows over kill -9, guarded its password'
}
