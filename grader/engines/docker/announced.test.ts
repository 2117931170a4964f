import { expect, test } from 'vitest'
import { announced } from './compose.ts'
import { overrideFor, type Ports } from './override.ts'

test('a port that a variable announces is the one that is published, also at the next opening', async () => {
  const ports: Ports = new Map()
  const env = await announced({ KAFKA_PORT: 'kafka:9094' }, ports)
  const config = { name: 'x', services: { kafka: { image: 'k', ports: [{ target: 9094, published: env['KAFKA_PORT']! }] } } }
  const override = await overrideFor(config, { marks: { runId: 'r', project: 'p' }, memory: { usual: 1, most: 2 } }, ports)
  expect(override).toContain(`"target":9094,"protocol":"tcp","host_ip":"127.0.0.1","published":"${env['KAFKA_PORT']}"`)
  expect(await announced({ KAFKA_PORT: 'kafka:9094' }, ports)).toEqual(env)
})
