import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { start } from './support/container.ts'
import { answers, ask } from './support/service.ts'

kpi('not-root', async ({ compose, cleanup }) => {
  const image = await compose.image()
  const container = await start(image, cleanup)
  await answers(container)
  did('I asked the running process who it is, and tried to change the program from inside the container.')
  const { uid } = JSON.parse((await ask(container, '/about')).text) as { uid: number }
  if (uid === 0) fail({ subject: 'user of the service', expected: 'not root', saw: 'uid 0', lookAt: 'Dockerfile' })
  const write = await container.exec(['python', '-c', "import app.main as m; open(m.__file__, 'a').close(); print('written')"])
  expect(
    write.stdout.includes('written') ? 'it was opened for writing' : 'refused',
    "the program's own file, opened for writing by its user",
  ).toBe('refused')
})
