import { did, fail, kpi } from '../../kpi/index.ts'

/** No network, no mounts, nothing that can be written, no rights: what runs here needs nothing of its host. */
const EMPTY_HOST = ['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--entrypoint', 'node']

kpi('confined-container', async ({ compose }) => {
  const project = await compose.warm()
  did('I brought your compose project up and asked the engine what its containers may do.')
  const ours = Object.entries(project.config.services ?? {}).flatMap(([name, { build }]) => (build ? [name] : []))
  if (ours.length === 0)
    fail({ subject: 'services built from your Dockerfile', expected: 'masters and workers', saw: 'none', lookAt: 'compose.yaml' })
  for (const { service, raw } of (await project.containers()).filter(({ service }) => ours.includes(service))) {
    const wrong = (what: string, expected: string, saw: string): never =>
      fail({ subject: `${what} of ${service}`, expected, saw, lookAt: 'compose.yaml' })
    if (!raw.HostConfig.ReadonlyRootfs)
      wrong('root file system', 'read-only: the image is never changed once it is built', 'it can be written')
    const binds = raw.Mounts.filter(({ Type }) => Type === 'bind').map(({ Destination }) => Destination)
    if (binds.length > 0) wrong('mounts', 'nothing of the host: the image carries all that it needs', binds.join(' '))
    const { stdout } = await project.exec(service, ['node', '-p', 'process.getuid()'])
    if (stdout.trim() === '0') wrong('user', 'not root', 'uid 0')
  }

  const image = await compose.image()
  did('I built your Dockerfile and started it on an empty host: no network, no mounts, a read-only root, no capabilities.')
  const who = await image.run(EMPTY_HOST, ['-p', 'process.getuid()'])
  if (who.code !== 0) fail({ subject: 'node in the image', expected: 'it starts', saw: who.stderr.trim().slice(0, 300) })
  if (who.stdout.trim() === '0') fail({ subject: 'user of the image', expected: 'not root', saw: 'uid 0', lookAt: 'Dockerfile' })
  const check = "await import('/app/src/queue.ts'); await import('ioredis'); console.log('carries all')"
  const loads = await image.run(EMPTY_HOST, ['--input-type=module', '-e', check])
  if (!loads.stdout.includes('carries all'))
    fail({
      subject: 'the program on an empty host',
      expected: 'it finds all that it imports',
      saw: loads.stderr.trim().split('\n').slice(0, 3).join(' / '),
    })
})
