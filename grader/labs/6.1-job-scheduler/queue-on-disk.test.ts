import { killContainer } from '../../engines/docker/nemesis.ts'
import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'

const JOBS = 50
const ANSWERS_WITHIN = 10_000

kpi('queue-on-disk', async ({ compose, random }) => {
  const project = await compose.up()
  const services = Object.keys(project.config.services ?? {})
  const port = project.port('master-1', 8080)
  if (!port) fail({ subject: 'compose.yaml: ports of master-1', expected: '8080 is published', saw: 'it is not' })
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWERS_WITHIN),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await reply.json()) as T
  }
  const ids = Array.from({ length: JOBS }, (_, i) => `kept-${i}-${random.word(4)}`)
  await project.compose(['stop', '--timeout', '1', ...services.filter(name => name.startsWith('worker'))])
  did(
    `I brought your compose project up, stopped the workers, submitted ${JOBS} jobs, and killed Redis (-9) as soon as they were accepted.`,
  )
  const { stdout } = await project.exec('redis', ['sh', '-c', 'valkey-cli config get appendfsync || redis-cli config get appendfsync'])
  if (!/\balways\b/.test(stdout))
    fail({
      subject: 'appendfsync of Redis: a kill leaves what the kernel has not written yet, a power cut does not, and I cannot cut the power',
      expected: 'always',
      saw: stdout.trim().split(/\s+/).at(-1) ?? 'nothing',
      lookAt: 'compose.yaml',
    })
  await api(
    'POST',
    '/jobs',
    ids.map(id => ({ id, kind: 'noop' })),
  )
  if (!(await killContainer(project, 'redis').inject())) inconclusive('redis could not be killed')
  await project.compose(['rm', '--force', 'redis'])
  await project.up()
  did('I removed its container, brought everything up again, and looked for the jobs.')
  await eventually(
    'every accepted job is done',
    async () => {
      const seen = await Promise.all(ids.map(async id => (await api<{ state?: string }>('GET', `/jobs/${id}`)).state ?? 'gone'))
      const count = (state: string) => seen.filter(one => one === state).length
      return count('done') === JOBS || fail({ expected: `${JOBS} done`, saw: `${count('gone')} gone, ${count('done')} done` })
    },
    { within: 60_000, every: 500 },
  )
})
