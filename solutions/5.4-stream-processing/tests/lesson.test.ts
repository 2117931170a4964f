/** The lesson's commands do what the lesson says. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const lesson = readFileSync(`${root}labs/5.4-stream-processing/README.md`, 'utf8')
const commands = [...lesson.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'))

/** Runs `pnpm grade`'s own program on the starter; pnpm itself would install first. */
const grade = (args: string[]): Promise<{ code: number; text: string }> =>
  new Promise(resolve =>
    execFile(process.execPath, ['grader/cli.ts', 'grade', '--starter', ...args], { cwd: root, timeout: 90_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    ),
  )

test('its command shows the starter fail', { timeout: 100_000 }, async () => {
  expect(commands).toEqual(['npx --yes pnpm grade lab-5.4 --kpi decodes-json'])
  const { code, text } = await grade(['lab-5.4', '--kpi', 'decodes-json'])
  expect(code, text).toBe(1)
  expect(text).toMatch(/src\/\w+\.ts/)
})

test('every KPI and every file that may be edited is named in it', () => {
  const manifest = readFileSync(`${root}labs/5.4-stream-processing/lab.yaml`, 'utf8')
  for (const [, id, rest] of manifest.matchAll(/- id: (\S+)\n([\s\S]*?)(?=\n {2}- id:|$)/g))
    if (!/needs: \[docker\]/.test(rest!)) expect(lesson, `the KPI ${id}`).toContain(`\`${id}\``)
  for (const [, file] of manifest.matchAll(/^ {2}- (\S+\.(?:ts|md|yaml))$/gm)) expect(lesson).toContain(`\`${file}\``)
})
