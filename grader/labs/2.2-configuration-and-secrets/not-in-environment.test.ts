import { did, kpi } from '../../kpi/index.ts'
import { healthy } from './support/api.ts'
import { processesOf } from './support/processes.ts'
import { expectNowhere, search } from './support/search.ts'
import { PROD, prepare } from './support/stage.ts'

kpi('not-in-environment', async ({ compose, learner, random }) => {
  const { db_password, signing_key } = prepare(learner.dir, random)
  const secrets = { db_password, signing_key }
  const project = await compose.up(PROD)
  await healthy(project)
  const containers = await project.containers()
  did('I put drawn secrets into secrets/, started prod, and read what the engine tells of each container to everybody who may ask it.')
  expectNowhere(
    search(
      containers.map(({ service, raw }) => ({ name: `docker inspect of ${service}`, content: JSON.stringify(raw) })),
      secrets,
    ),
    'docker inspect',
  )
  const processes = await processesOf(project, 'api')
  did(`I read the environment and the command line of every process of api, ~${processes.length} texts.`)
  expectNowhere(search(processes, secrets), 'the processes of api')

  const mounted = await project.exec('api', ['sh', '-c', 'cat /run/secrets/*'], { user: '0' })
  did('I read every secret that is mounted into api. The key is needed while the image is built, and not later.')
  expectNowhere(search([{ name: '/run/secrets of the running api', content: mounted.stdout }], { signing_key }), 'the running api')
})
