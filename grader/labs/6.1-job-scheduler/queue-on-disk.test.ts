import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { up } from './support/docker.ts'

kpi('queue-on-disk', async ({ learner, cleanup, random }) => {
  const { compose, api } = await up({ learner, cleanup })
  const ids = Array.from({ length: 50 }, (_, i) => `kept-${i}-${random.word(4)}`)
  did(
    `I brought your compose project up, stopped the workers, submitted ${ids.length} jobs, and killed Redis (-9) as soon as they were accepted.`,
  )
  await compose('stop', '-t', '1', ...(await workers()))
  const fsync = (await compose('exec', '-T', 'redis', 'sh', '-c', 'valkey-cli config get appendfsync || redis-cli config get appendfsync'))
    .stdout
  if (!/\balways\b/.test(fsync))
    fail({
      subject: 'appendfsync of Redis: a kill leaves what the kernel has not written yet, a power cut does not, and I cannot cut the power',
      expected: 'always',
      saw: fsync.trim().split(/\s+/).at(-1) ?? 'nothing',
      lookAt: 'compose.yaml',
    })
  await api(
    'master-1',
    'POST',
    '/jobs',
    ids.map(id => ({ id, kind: 'noop' })),
  )
  await compose('kill', '-s', 'KILL', 'redis')
  await compose('rm', '-f', 'redis')
  did('I removed its container, brought everything up again, and looked for the jobs.')
  const again = await compose('up', '-d', '--wait')
  if (again.code !== 0)
    fail({ subject: 'docker compose up --wait, the second time', expected: 'every service up', saw: again.stderr.trim().slice(-300) })
  const states = async () =>
    Promise.all(ids.map(async id => ((await api('master-1', 'GET', `/jobs/${id}`)) as { state?: string }).state ?? 'gone'))
  await eventually(
    'every accepted job is done',
    async () => {
      const seen = await states()
      const gone = seen.filter(state => state === 'gone').length
      return (
        seen.every(state => state === 'done') ||
        fail({ expected: `${ids.length} done`, saw: `${gone} gone, ${seen.filter(state => state === 'done').length} done` })
      )
    },
    { within: 60_000, every: 1000 },
  )

  async function workers(): Promise<string[]> {
    const { stdout } = await compose('config', '--services')
    return stdout.split('\n').filter(name => name.startsWith('worker'))
  }
})
