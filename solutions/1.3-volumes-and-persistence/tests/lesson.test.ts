import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { askDocker } from '../../../grader/engines/docker/client.ts'
import { hasImage, named } from '../../../grader/engines/docker/testing.ts'
import { cleanShell } from '../../../grader/experiments/documents/clean-shell.ts'
import { readCommands } from '../../../grader/experiments/documents/commands.ts'
import { parseMarkdown } from '../../../grader/experiments/documents/document.ts'

const lesson = readFileSync(new URL('../../../labs/1.3-volumes-and-persistence/README.md', import.meta.url), 'utf8')
const name = `lesson-${randomBytes(4).toString('hex')}`
const ready = await hasImage('postgres:17')

describe.runIf(ready)(named("the lesson's first commands", ready, 'the image postgres:17 is missing'), () => {
  const root = mkdtempSync(join(tmpdir(), 'lesson-'))
  afterAll(async () => {
    await askDocker(['rm', '--force', '--volumes', name])
    await askDocker(['volume', 'rm', '--force', `${name}-volume`])
    rmSync(root, { recursive: true })
  })

  test('one mount was asked for, there are two, and one of them has no name', { timeout: 120_000 }, async () => {
    const commands = readCommands(parseMarkdown('README.md', lesson)).slice(0, 3)
    const shell = cleanShell({ dir: root, scratch: join(root, 'scratch') })
    const ran: { code: number; output: string }[] = []
    for (const { line, text } of commands)
      ran.push(await shell({ line, text: text.replaceAll('fjordline-office', `${name}-volume`).replaceAll('fjordline-db', name) }, 60_000))
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(ran[1]!.output.trim().split('\n').sort()).toEqual([
      `/var/lib/postgresql  ${name}-volume`,
      expect.stringMatching(/^\/var\/lib\/postgresql\/data {2}[0-9a-f]{64}$/),
    ])
  })
})
