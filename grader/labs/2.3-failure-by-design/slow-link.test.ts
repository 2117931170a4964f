import type { ComposeProject } from '../../engines/docker/project.ts'
import { did, EnvironmentFault, expect, kpi } from '../../kpi/index.ts'
import { book, inWords, read, works } from './support/client.ts'

const toxic = async (project: ComposeProject, ...words: string[]) => {
  const { code, stderr } = await project.exec('slow', ['/toxiproxy-cli', 'toxic', ...words, 'db'])
  if (code !== 0) throw new EnvironmentFault(`the proxy did not take a change: ${stderr}`)
}

kpi('slow-link', async ({ compose, random }) => {
  const project = await compose.up({ files: ['compose.yaml', 'slow.yaml'], within: 90_000 })
  const prefix = random.word(6)
  await works(project, `${prefix}-w`)
  const known = `${prefix}-known`
  await book(project, known)
  await toxic(project, 'add', '--type', 'latency', '--attribute', 'latency=6000', '--toxicName', 'slow')
  did('I put a proxy between api and db, and let every answer of db take 6 s.')
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => book(project, `${prefix}-slow-${n}`)))
  const other = answers.filter(({ status }) => status !== 503 && status !== 504)
  expect([...new Set(other.map(({ status }) => inWords(status)))], 'answers to 20 bookings at once, other than 503 and 504').toEqual([])
  const { status, body } = await read(project, known)
  expect(inWords(status), 'GET of a cached booking').toBe('200')
  expect(body.source, 'its source').toBe('cache')

  await toxic(project, 'remove', '--toxicName', 'slow')
  did('I made the link fast again.')
  await works(project, `${prefix}-after`)
})
