import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { readFacts } from './support/facts.ts'
import { answers } from './support/stack.ts'

const SHORTEST = 8

kpi('log-line-once', async ({ compose, learner }) => {
  const { 'log-line': line } = await readFacts(learner, ['log-line'])
  if (line.value.length < SHORTEST)
    fail({ subject: `facts.yaml:${line.line}: log-line`, expected: `at least ${SHORTEST} characters of one line`, saw: line.value })
  const project = await compose.up()
  await project.compose(['rm', '--stop', '--force', 'db'])
  const starts: [string, string[][]][] = [
    ['I started db for the first time', [['up', '-d', 'db']]],
    ['I restarted it', [['restart', 'db']]],
    [
      'I killed it and started it again',
      [
        ['kill', 'db'],
        ['start', 'db'],
      ],
    ],
  ]
  for (const [n, [what, commands]] of starts.entries()) {
    for (const words of commands) await project.compose(words)
    await answers(project, 'db')
    did(`${what}, and counted the lines of \`docker compose logs db\` that hold "${line.value}".`)
    const lines = async () => (await project.logs('db')).split('\n').filter(text => text.includes(line.value))
    await eventually('the line is there', async () => (await lines()).length > n, { within: 3000 }).catch(() => {})
    const enough = await lines()
    if (enough.length !== n + 1)
      fail({
        subject: `lines with "${line.value}" after ${n + 1} start${n > 0 ? 's' : ''}`,
        expected: String(n + 1),
        saw: String(enough.length),
        details: enough.slice(0, 6).map(text => text.replace(/^\S+ \S+ \S+ \[\d+\] /, '')),
        lookAt: `facts.yaml:${line.line}`,
      })
  }
})
