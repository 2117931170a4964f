import { readCommands } from '../../experiments/documents/commands.ts'
import { composeCommands } from '../../experiments/documents/compose-commands.ts'
import { parseMarkdown } from '../../experiments/documents/document.ts'
import { replayCommands } from '../../experiments/documents/replay.ts'
import { sql, withRedis, writeEnv } from '../../experiments/outside.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { database, dbAnswers, portOf } from './support/learners.ts'
import { SERVICES } from './support/stack.ts'

const FILE = 'TASK.md'
const DEPOTS = ['BGO Bergen', 'OSL Oslo', 'TOS Tromsø']

kpi('exec-task', async ({ compose, learner, random }) => {
  const password = `pw-${random.word(10)}`
  writeEnv(learner.dir, { DB_PASSWORD: password })
  const commands = readCommands(parseMarkdown(FILE, await learner.read(FILE)))
  const project = await compose.up({ args: ['--force-recreate', '--renew-anon-volumes'] })
  await dbAnswers(portOf(project, 'db'), password)
  const lives = async () => {
    const containers = await project.containers()
    return SERVICES.map(service => {
      const found = containers.find(container => container.service === service)
      return `${service} ${found?.id} ${found?.pid}`
    })
  }
  const before = await lives()
  await replayCommands(FILE, commands, composeCommands(FILE, project), { within: 30_000 })
  const after = await lives()
  const changed = SERVICES.filter((_, n) => before[n] !== after[n])
  if (changed.length > 0)
    fail({
      subject: 'containers whose process 1 is another than before',
      expected: 'none: the changes are made in what runs',
      saw: changed.join(', '),
      lookAt: FILE,
    })

  did('I asked db, cache and web from outside.')
  const rows = await sql(database(portOf(project, 'db'), password), 'SELECT code, name FROM depots ORDER BY code').catch((error: Error) => [
    { code: error.message, name: '' },
  ])
  expect(
    rows.map(({ code, name }) => `${code} ${name}`.trim()),
    'rows of depots in the database fleet',
  ).toEqual(DEPOTS)
  const [value, seconds] = await withRedis(portOf(project, 'cache'), async client => [
    await client.get('depot:default'),
    await client.ttl('depot:default'),
  ])
  expect(value, 'depot:default in cache').toBe('BGO')
  expect(seconds > 3000 && seconds <= 3600, 'depot:default expires within the hour').toBe(true)
  await eventually(
    'web sends X-Depot with every answer',
    async () => {
      const replies = await Promise.all(['/', '/no-such-page'].map(path => fetch(`http://127.0.0.1:${portOf(project, 'web')}${path}`)))
      expect(
        replies.map(reply => reply.headers.get('x-depot') ?? 'none'),
        'X-Depot of / and of a page that is not there',
      ).toEqual(['BGO', 'BGO'])
      return true
    },
    { within: 5000 },
  )
})
