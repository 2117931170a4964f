import { askDocker } from '../../engines/docker/client.ts'
import type { Container } from '../../engines/docker/inspect.ts'
import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { type Fact, readFacts, truth } from './support/facts.ts'

const DATA = '/var/lib/postgresql/data'
/** What docker inspect says besides what the driver reads. */
type Started = Container['raw'] & { Path: string; Args: string[] }

const FACTS: Record<string, (container: Container) => string> = {
  address: container => container.networks.map(({ address }) => address).join(''),
  'start-command': ({ raw }) => [(raw as Started).Path, ...(raw as Started).Args].join(' '),
  'data-volume': ({ raw }) => raw.Mounts.find(({ Destination }) => Destination === DATA)?.Name ?? '',
  'published-port': ({ raw }) => raw.NetworkSettings.Ports['5432/tcp']?.[0]?.HostPort ?? '',
}

kpi('facts-found', async ({ compose, learner }) => {
  const facts = await readFacts(learner, ['address', 'start-command', 'data-volume', 'published-port', 'exit-code'])
  const project = await compose.up()
  const look = async (service: string, fact: Fact, expected: (container: Container) => string) => {
    const container = await project.container(service)
    const wanted = expected(container)
    const found = await truth(fact, template => askDocker(['inspect', '--type', 'container', `--format=${template}`, container.id]))
    if (found !== wanted)
      fail({
        subject: `facts.yaml:${fact.line}: ${fact.name} of ${service}: ${fact.value}`,
        expected: named(wanted),
        saw: named(found),
        lookAt: `facts.yaml:${fact.line}`,
      })
  }
  did('I started your compose.yaml and asked `docker inspect` with your templates.')
  for (const [name, expected] of Object.entries(FACTS)) await look('db', facts[name as 'address'], expected)
  did('I asked the same of cache, for what it has as well.')
  for (const name of ['address', 'start-command'] as const) await look('cache', facts[name], FACTS[name]!)
  did('I took db away with its container, started it again, and asked for its volume.')
  await project.compose(['rm', '--stop', '--force', 'db'])
  await project.up()
  await look('db', facts['data-volume'], FACTS['data-volume']!)
  did('I killed web and asked how it ended.')
  await project.compose(['kill', 'web'])
  await eventually('web has ended', async () => (await project.container('web')).state === 'exited')
  await look('web', facts['exit-code'], container => String(container.exitCode))
  await project.up()
})

/** Addresses, ports and names change from run to run. */
const named = (text: string): string =>
  text === ''
    ? '(empty)'
    : text
        .replace(/\b[0-9a-f]{64}\b/g, '(a name of 64 hexadecimal digits)')
        .replace(/\d{1,3}(\.\d{1,3}){3}/g, '~$&')
        .replace(/^\d{4,5}$/, 'port $&')
