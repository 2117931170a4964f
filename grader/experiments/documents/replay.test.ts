import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../../kpi/eventually.ts'
import type { KpiFailure } from '../../kpi/outcomes.ts'
import { cleanShell } from './clean-shell.ts'
import { readCommands } from './commands.ts'
import { parseMarkdown } from './document.ts'
import { replayCommands } from './replay.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'replay-'))
  mkdirSync(join(root, 'copy'))
})
afterEach(() => rmSync(root, { recursive: true }))

const run = (commands: string, options: { within?: number; outputBytes?: number } = {}) => {
  const page = parseMarkdown('RUNBOOK.md', `# Steps\n\n\`\`\`sh\n${commands}\n\`\`\`\n`)
  const { outputBytes, ...limits } = options
  const shell = cleanShell({ dir: join(root, 'copy'), scratch: join(root, 'scratch'), ...(outputBytes ? { outputBytes } : {}) })
  return replayCommands('RUNBOOK.md', readCommands(page), shell, limits)
}
const failureOf = async (commands: string, options = {}) =>
  (await run(commands, options).catch((error: unknown) => error as KpiFailure)) as KpiFailure

test('commands run in order, in the copy; folder and exported variables stay, as for a reader', async () => {
  const steps = await run(`mkdir sub && cd sub\nexport NAME="a 'b' c"\necho "$NAME" > here\ncat here; pwd`)
  expect(steps.map(({ line, code }) => [line, code])).toEqual([
    [4, 0],
    [5, 0],
    [6, 0],
    [7, 0],
  ])
  expect(steps[3]!.output).toBe(`a 'b' c\n${join(root, 'copy/sub')}\n`)
  expect(readFileSync(join(root, 'copy/sub/here'), 'utf8')).toBe("a 'b' c\n")
})

test('the line of the command that fails is named, with what it printed; what follows is not run', async () => {
  const { feedback } = await failureOf('echo one\nls /no/such/place\ntouch later')
  expect(feedback).toMatchObject({ subject: 'RUNBOOK.md:5: ls /no/such/place', saw: 'exit code 2', lookAt: 'RUNBOOK.md:5' })
  expect(feedback.details!.join()).toContain('No such file')
  expect(() => readFileSync(join(root, 'copy/later'))).toThrow()
})

test.each([
  ['false | true', 0],
  ['exit 3', 3],
  ['(exit 4)', 4],
  ['cd /no/such', 1],
  ['nonsense-command', 127],
])('%s ends as in a shell', async (command, code) => {
  const result = await run(command).catch((error: KpiFailure) => error.feedback.saw)
  expect(result).toEqual(code === 0 ? expect.any(Array) : `exit code ${code}`)
})

test('nothing of our environment but the path is told', async () => {
  process.env['MILLRACE_SECRET_OF_TEST'] = 'x'
  const [step] = await run('env')
  delete process.env['MILLRACE_SECRET_OF_TEST']
  expect(step!.output).not.toContain('SECRET')
  expect(step!.output).toContain(`HOME=${join(root, 'copy')}`)
})

test('a command without an end is ended with all its children', async () => {
  const { feedback } = await failureOf('sh -c "echo \\$\\$ > child; sleep 300"', { within: 1000 })
  expect(feedback.saw).toBe('no end within 1 s')
  const pid = Number(readFileSync(join(root, 'copy/child'), 'utf8'))
  await eventually('its child is gone', () => !alive(pid))
})

test('what a command leaves in the background ends with it', async () => {
  await run('sleep 300 & echo $! > child')
  const pid = Number(readFileSync(join(root, 'copy/child'), 'utf8'))
  await eventually('it is gone', () => !alive(pid))
})

test('output without an end is cut', async () => {
  const { feedback } = await failureOf('yes', { outputBytes: 10_000 })
  expect(feedback.details!.at(-1)).toContain('bytes of output')
})

test('a clean copy is what the files are, not what an earlier command of somebody left', async () => {
  writeFileSync(join(root, 'copy/given'), 'x')
  expect((await run('ls'))[0]!.output).toBe('given\n')
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
