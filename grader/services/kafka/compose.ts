/** Brokers of a learner's compose project: containers reach them at 9092, programs of this machine through a listener of its own. */
import type { ComposeProject } from '../../engines/docker/project.ts'
import { LearnerFault } from '../../kpi/outcomes.ts'
import { composeHost, publishedPort } from '../compose-host.ts'
import type { ComposeServed } from '../compose-services.ts'
import { graderKafka } from './client.ts'
import { HOST_LISTENER } from './listener.ts'

const INSIDE = 9092

/** @throws LearnerFault when 9094 is not published */
export async function kafkaOf(project: ComposeProject, names: readonly string[]): Promise<ComposeServed> {
  const port = publishedPort(project, names[0]!, HOST_LISTENER)
  const host = composeHost({
    project,
    names,
    port: { outside: HOST_LISTENER, inside: INSIDE },
    answering: `${names.join(', ')} answers on its listener for programs of this machine (container port ${HOST_LISTENER})`,
    answers: () => announcesItself(host.outside),
  })
  const endpoint = {
    service: 'kafka',
    host: '127.0.0.1',
    port,
    user: '',
    password: '',
    version: 'Kafka of the compose file',
    pid: 0,
  } as const
  return { endpoint, host }
}

/**
 * Every broker is there, and announces an address that leads to it from this machine.
 * @throws LearnerFault when it announces another one
 */
async function announcesItself(outside: readonly string[]): Promise<boolean> {
  const admin = graderKafka([...outside], { retries: 0 }).admin()
  await admin.connect()
  try {
    const { brokers } = await admin.describeCluster()
    const announced = brokers.map(({ host, port }) => `${host}:${port}`)
    const wrong = announced.find(address => !outside.includes(address.replace(/^localhost:/, '127.0.0.1:')))
    if (wrong)
      throw new LearnerFault({
        did: [`I asked the broker at ${outside[0]!.replace(/:(\d+)$/, ':~$1')} for its address.`],
        subject: 'KAFKA_ADVERTISED_LISTENERS',
        expected: `HOST://127.0.0.1:\${KAFKA_PORT}, so that programs of this machine find the broker`,
        saw: `it announces ${wrong.replace(/:(\d+)$/, ':~$1')}`,
        lookAt: 'compose.yaml',
      })
    return announced.length === outside.length
  } finally {
    await admin.disconnect()
  }
}
