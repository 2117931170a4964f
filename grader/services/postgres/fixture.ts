import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { embeddedHost, faultsOf, type Host, splitAddress } from '../host.ts'
import type { PostgresFixture, ServiceEndpoint } from '../types.ts'
import { connectAdmin, dropDatabase } from './admin.ts'

export interface PostgresOptions {
  /** The role may create replication slots and stream changes (labs on change data capture). */
  replication?: boolean
  /** Where it runs; default the embedded engine. */
  on?: Host
}

/**
 * A database and a role of its own for one KPI: no superuser, may enter and own nothing but this database. A server that does not answer
 * is brought back first. `close` drops both, whatever still holds on to them.
 *
 * `admin` is no superuser either: reading a learner's view or writing to a learner's table runs the learner's functions and triggers with
 * the rights of whoever does it. It may read, write and own whatever the learner's role may, see all statistics and end the learner's
 * backends; what it creates is the learner's to use.
 * @throws CodedError MR-E-040 … 046 when the server cannot be brought back
 */
export async function openPostgres(
  endpoint: ServiceEndpoint,
  kpiId: string,
  options: PostgresOptions = {},
): Promise<PostgresFixture & { close(): Promise<void> }> {
  const on = options.on ?? embeddedHost(endpoint)
  await on.ensure()
  const { host, port } = endpoint
  const name = `kpi_${kpiId.replace(/\W/g, '_').toLowerCase().slice(0, 40)}_${randomBytes(3).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const grader = `${name}_grader`
  const secret = randomBytes(18).toString('hex')
  const setup = await connectAdmin(endpoint)
  try {
    const rights = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS ${options.replication ? 'REPLICATION' : 'NOREPLICATION'} CONNECTION LIMIT 100`
    await setup.query(`CREATE ROLE ${name} ${rights} PASSWORD '${password}'`)
    await setup.query(`CREATE ROLE ${grader} ${rights} PASSWORD '${secret}'`)
    await setup.query(`GRANT ${name}, pg_monitor, pg_signal_backend, pg_read_all_data, pg_write_all_data TO ${grader}`)
    await setup.query(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`)
    await setup.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`)
  } finally {
    await setup.end()
  }
  const admin = new pg.Pool({ host, port, user: grader, password: secret, database: name, max: 4, application_name: 'grader' })
  admin.on('error', () => {}) // The server may be killed on purpose; the next query opens a new connection.
  for (const kind of ['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS'])
    await admin.query(`ALTER DEFAULT PRIVILEGES GRANT ALL ON ${kind} TO ${name}`)

  return {
    url: `postgres://${name}:${password}@${host}:${port}/${name}`,
    inside: splitAddress(on.inside[0]!),
    ...{ host, port, database: name, user: name, password, admin },
    ...faultsOf(on),
    async close() {
      try {
        await on.ensure()
        await admin.end()
        const client = await connectAdmin(endpoint)
        try {
          await dropDatabase(client, name)
          await client.query(`DROP ROLE IF EXISTS ${grader}, ${name}`)
        } finally {
          await client.end()
        }
      } finally {
        on.close()
      }
    },
  }
}
