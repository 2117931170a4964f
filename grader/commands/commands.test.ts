/** The commands as a shell sees them: help, exit codes, clean JSON. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [join(repositoryRoot(), 'grader/cli.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 20_000,
  })

test.each(['hint', 'predict', 'status', 'reset', 'diff', 'checkup', 'seal', 'readme'])('%s has help with examples', name => {
  const { status, stdout } = run(name, '--help')
  expect(status).toBe(0)
  expect(stdout).toMatch(new RegExp(`EXAMPLES\\s+pnpm (millrace )?${name}`))
})

test.each([
  [['hint', 'lab-6.22'], 'Did you mean lab-6.2'],
  [['hint', '6.2', 'no-such-kpi'], 'MR-E-005'],
  [['reset', '6.2', 'src/no-such-file.ts'], 'MR-E-023'],
  [['reset'], 'MR-E-004'],
  [['status', '--jsn'], 'Did you mean --json'],
])('%j is wrong use: exit 2, the way out on stderr, nothing on stdout', (args, said) => {
  const { status, stdout, stderr } = run(...args)
  expect(status).toBe(2)
  expect(stderr.replace(/\s+/g, ' ')).toContain(said)
  expect(stdout).toBe('')
})

test('status --json is the whole course', () => {
  const { status, stdout } = run('status', '--json')
  expect(status).toBe(0)
  const course = JSON.parse(stdout) as { labs: { id: string; kpis: unknown[] }[]; totals: { labs: number } }
  expect(course.labs.map(lab => lab.id)).toContain('6.2')
  expect(course.labs.every(lab => lab.kpis.length > 0)).toBe(true)
  expect(course.totals.labs).toBe(course.labs.length)
})

test('checkup --json says whether the machine is fit, and exits by it', () => {
  const { status, stdout } = run('checkup', '--json')
  const { fit, findings } = JSON.parse(stdout) as { fit: boolean; findings: { id: string; level: string; fix?: string }[] }
  expect(status).toBe(fit ? 0 : 4)
  expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['node', 'memory', 'disk', 'ports', 'docker', 'strays']))
  expect(findings.filter(({ level, fix }) => level === 'problem' && !fix)).toEqual([])
})
