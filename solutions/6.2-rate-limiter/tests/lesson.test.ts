/** The lesson's commands do what the lesson says. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const lesson = readFileSync(`${root}labs/6.2-rate-limiter/README.md`, 'utf8')
const commands = [...lesson.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'))

/** Runs a `pnpm grade` command's own program; pnpm itself would install first. */
const grade = (args: string[]): Promise<{ code: number; text: string }> =>
  new Promise(resolve =>
    execFile(process.execPath, ['grader/cli.ts', 'grade', ...args], { cwd: root, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    ),
  )

describe('the lesson of lab 6.2', () => {
  test('has the two commands that are tested here', () => {
    expect(commands).toEqual(['npx --yes pnpm grade lab-6.2 --kpi noisy-neighbour', 'npx --yes pnpm grade lab-6.2 --watch'])
  })

  test('the first one shows, on the starter, the 2000 that got through', { timeout: 60_000 }, async () => {
    const { code, text } = await grade(['lab-6.2', '--starter', '--kpi', 'noisy-neighbour'])
    expect(code).toBe(1)
    expect(text).toMatch(/expected\s+500/)
    expect(text).toMatch(/your \w+\s+2000/)
    expect(lesson).toContain("The carrier's limit was 500. It got 2000")
  })

  test('every editable file and every KPI is named in it', () => {
    const manifest = readFileSync(`${root}labs/6.2-rate-limiter/lab.yaml`, 'utf8')
    for (const [, id, rest] of manifest.matchAll(/- id: (\S+)\n([\s\S]*?)(?=\n {2}- id:|$)/g))
      if (!/needs: \[docker\]/.test(rest!)) expect(lesson, `the KPI ${id}`).toContain(`\`${id}\``)
    for (const [, file] of manifest.matchAll(/^ {2}- src\/(\S+\.ts)$/gm)) expect(lesson).toContain(file)
  })
})
