import { readCommands } from '../../experiments/documents/commands.ts'
import { composeCommands } from '../../experiments/documents/compose-commands.ts'
import { parseMarkdown } from '../../experiments/documents/document.ts'
import { replayCommands } from '../../experiments/documents/replay.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { drawPasswords, layData, reach, UP_WITHIN } from './support/deployment.ts'
import { becomeEqual } from './support/equal.ts'

/** Milliseconds from a commit until the page's command shows it. */
const TOLD_WITHIN = 15_000

kpi('one-command', async ({ compose, learner, random, seed }) => {
  const page = parseMarkdown('DEPLOY.md', await learner.read('DEPLOY.md'))
  const commands = readCommands(page, { under: 'Deploy' })
  expect(commands.length, 'commands under "Deploy" in DEPLOY.md').toBe(1)
  layData(learner.dir, seed)
  const passwords = drawPasswords(random)
  const project = await compose.open({ env: passwords })
  did('I took a fresh copy, with shipments and passwords that nobody has seen, and typed what DEPLOY.md says.')
  await replayCommands('DEPLOY.md', commands, composeCommands('DEPLOY.md', project), { within: UP_WITHIN })
  const rows = await becomeEqual(reach(project, passwords), 60_000)

  const run = composeCommands('DEPLOY.md', project)
  const check = readCommands(page, { under: 'Check' })
  let output = (await replayCommands('DEPLOY.md', check, run)).at(-1)?.output ?? ''
  const shown = () => output.match(/\d+/g)?.includes(String(rows)) === true
  // What is committed is told a moment later.
  for (const until = performance.now() + TOLD_WITHIN; !shown() && check.length > 0 && performance.now() < until; )
    output = (await run(check.at(-1)!, TOLD_WITHIN)).output
  expect(shown() ? 'yes' : 'no', 'does the last command under "Check" show how many shipments the table has').toBe('yes')
})
