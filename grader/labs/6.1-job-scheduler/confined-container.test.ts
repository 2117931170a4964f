import { did, fail, kpi } from '../../kpi/index.ts'
import { build, docker, services } from './support/docker.ts'

kpi('confined-container', async ({ learner, cleanup }) => {
  const compose = await services({ learner })
  did('I read your compose file: which images, which users, what may be written.')
  for (const [name, service] of Object.entries(compose)) {
    const wrong = (what: string, expected: string, saw: string): never =>
      fail({ subject: `${what} of ${name}`, expected, saw, lookAt: 'compose.yaml' })
    if (service.privileged) wrong('privileged', 'not set', 'true')
    if (service.image && (!service.image.includes(':') || /:latest$/.test(service.image))) wrong('image', 'a tag that stays', service.image)
    if (service.build === undefined) continue
    if (service.read_only !== true)
      wrong('read_only', 'true: the image is never changed once it is built', String(service.read_only ?? 'not set'))
    const mounts = (service.volumes ?? []).filter(volume => typeof volume === 'string' && /^[./~]/.test(volume))
    if (mounts.length > 0) wrong('volumes', 'nothing of the host: the image carries all that it needs', mounts.join(' '))
  }
  const file = await learner.read('Dockerfile')
  for (const [, base = ''] of file.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)/gim))
    if (!/:/.test(base) && !new RegExp(`AS\\s+${base}\\b`, 'i').test(file))
      fail({ subject: 'FROM', expected: 'a tag that stays', saw: base, lookAt: 'Dockerfile' })
    else if (/:latest$/.test(base)) fail({ subject: 'FROM', expected: 'a tag that stays', saw: base, lookAt: 'Dockerfile' })

  const image = await build({ learner, cleanup })
  did('I built it and started it on an empty host: no network, no mounts, a read-only root, no capabilities, and asked who it is.')
  const confined = ['run', '--rm', '--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
  const who = await docker([...confined, '--entrypoint', 'node', image.tag, '-p', 'process.getuid()'])
  if (who.code !== 0) fail({ subject: 'node in the image', expected: 'it starts', saw: who.stderr.trim().slice(0, 300) })
  if (who.stdout.trim() === '0') fail({ subject: 'user of the container', expected: 'not root', saw: 'uid 0', lookAt: 'Dockerfile' })
  const check = "await import('/app/src/queue.ts'); await import('ioredis'); console.log('carries all')"
  const loads = await docker([...confined, '--entrypoint', 'node', image.tag, '--input-type=module', '-e', check])
  if (!loads.stdout.includes('carries all'))
    fail({
      subject: 'the program on an empty host',
      expected: 'it finds all that it imports',
      saw: loads.stderr.trim().split('\n').slice(0, 3).join(' / '),
    })
})
