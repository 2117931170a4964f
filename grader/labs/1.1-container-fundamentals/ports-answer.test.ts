import { connect } from 'node:net'
import { withRedis } from '../../experiments/outside.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { ANSWERS_WITHIN, PORTS, portOf } from './support/learners.ts'
import { SERVICES } from './support/stack.ts'

kpi('ports-answer', async ({ compose }) => {
  const project = await compose.warm({ stays: ['db', 'cache'] })
  did('I started your compose.yaml on ports of my own, and asked each service at its published port.')
  for (const service of SERVICES) {
    portOf(project, service)
    const ports = project.config.services![service]!.ports!.map(
      ({ host_ip = '0.0.0.0', published, target }) => `${host_ip}:${published}:${target}`,
    )
    const { published, target } = PORTS[service]
    expect(ports, `what ${service} publishes`).toEqual([`127.0.0.1:${published}:${target}`])
  }
  const within = { within: ANSWERS_WITHIN, every: 100 }
  await eventually(
    'web answers HTTP with 200',
    async () => (await fetch(`http://127.0.0.1:${portOf(project, 'web')}/`)).status === 200,
    within,
  )
  await eventually('cache answers PING', () => withRedis(portOf(project, 'cache'), client => client.ping()), within)
  await eventually('db speaks PostgreSQL', () => speaksPostgres(portOf(project, 'db')), within)
})

/** Asked for encryption (SSLRequest), a server answers S or N: no password is needed to tell that it is PostgreSQL. */
async function speaksPostgres(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])))
    socket.setTimeout(3000, () => socket.destroy(new Error('no answer')))
    socket.once('data', answer => {
      resolve(['S', 'N'].includes(answer.toString('latin1')))
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(false))
  })
}
