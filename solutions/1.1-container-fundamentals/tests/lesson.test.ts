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

const lesson = readFileSync(new URL('../../../labs/1.1-container-fundamentals/README.md', import.meta.url), 'utf8')
const name = `lesson-${randomBytes(4).toString('hex')}`
const ready = await hasImage('nginx:1.26')

describe.runIf(ready)(named("the lesson's first commands", ready, 'the image nginx:1.26 is missing'), () => {
  const root = mkdtempSync(join(tmpdir(), 'lesson-'))
  afterAll(async () => {
    await askDocker(['rm', '--force', name])
    rmSync(root, { recursive: true })
  })

  test('a restart keeps the file, a new container does not have it: as the lesson says', { timeout: 120_000 }, async () => {
    const commands = readCommands(parseMarkdown('README.md', lesson)).slice(0, 6)
    const shell = cleanShell({ dir: root, scratch: join(root, 'scratch') })
    const ran: { code: number; output: string }[] = []
    for (const { line, text } of commands) ran.push(await shell({ line, text: text.replaceAll('fjordline-office', name) }, 60_000))
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 1, 0])
    expect(ran[2]!.output).toContain('14 bookings')
    expect(ran[4]!.output).toContain('No such file or directory')
  })
})
