import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { EnvironmentFault, LearnerFault } from '../kpi/outcomes.ts'
import { createTerminal } from '../ui/terminal.ts'
import { CodedError } from './coded-error.ts'
import { asMachineError } from './machine.ts'
import { errorsPage } from './page.ts'
import { EXIT_CODES, renderError } from './render.ts'
import { ERRORS, type ErrorCode } from './table.ts'

const crashes = mkdtempSync(join(tmpdir(), 'millrace-crashes-'))
afterAll(() => rmSync(crashes, { recursive: true }))
const render = (error: unknown, env: Record<string, string> = {}) =>
  renderError(error, { terminal: createTerminal({ width: 78 }), crashes, env })

describe('the table', () => {
  it('has its page', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    expect(page, 'docs/errors.md is made by: node grader/errors/page.ts --write').toBe(errorsPage())
  })

  it.each(Object.entries(ERRORS))('%s says what, why and what to do', (code, entry) => {
    expect(code).toMatch(/^MR-E-\d{3}$/)
    for (const text of [entry.title, entry.cause, entry.fix]) expect(text.trim().length).toBeGreaterThan(3)
    expect(entry.cause + entry.fix, 'no fact may be left open in braces that are no name').not.toMatch(/\{[^}]*[^\w}][^}]*\}/)
  })

  it('holds throwers to the facts of their entry', () => {
    // @ts-expect-error `nearest` is missing
    expect(new CodedError('MR-E-001', { name: 'lab-9' }).fix).toContain('{nearest}')
    expect(new CodedError('MR-E-001', { name: 'lab-9', nearest: 'lab-1' }).fix).toContain('lab-1')
    const code: ErrorCode = ['MR-E-001', 'MR-E-090'].at(0) as ErrorCode
    expect(new CodedError(code, { name: 'x' }).code).toBe('MR-E-001')
  })
})

describe('renderError', () => {
  it('prints a coded error with its place, cause, fix and page', () => {
    const error = new CodedError('MR-E-001', { name: 'lab-6.3', nearest: 'lab-6.2', file: 'labs/x/lab.yaml', line: 12, column: 3 })
    expect(render(error)).toEqual({
      exitCode: 2,
      text: [
        '✗ MR-E-001  There is no lab "lab-6.3".',
        '  at    labs/x/lab.yaml:12:3',
        '  why   The name matches no lab by id (6.2), by lab-id (lab-6.2) or by folder.',
        '  do    Did you mean lab-6.2? `pnpm status` lists all labs.',
        '  more  docs/errors.md#mr-e-001',
      ].join('\n'),
    })
  })

  it('gives each class its exit code', () => {
    for (const [code, entry] of Object.entries(ERRORS))
      expect(render(new CodedError(code as ErrorCode)).exitCode).toBe(EXIT_CODES[entry.class])
  })

  it('keeps the stack of our own bug in a file and off the screen', () => {
    const { text, exitCode } = render(new TypeError('x is undefined', { cause: new Error('deeper') }))
    expect(exitCode).toBe(70)
    expect(text).toContain('MR-E-090  The grader itself failed: x is undefined')
    expect(text).not.toMatch(/\bat .*errors\.test\.ts/)
    const file = readdirSync(crashes).at(-1)!
    expect(text.replace(/\s+/g, '')).toContain(file)
    const kept = readFileSync(join(crashes, file), 'utf8')
    expect(kept).toMatch(/TypeError: x is undefined\n\s+at .*errors\.test\.ts/)
    expect(kept).toContain('caused by: Error: deeper')
  })

  it('prints the stack with MILLRACE_DEBUG=1', () => {
    expect(render(new Error('seen'), { MILLRACE_DEBUG: '1' }).text).toMatch(/Error: seen\n\s+at .*errors\.test\.ts/)
  })

  it('keeps at most twenty stacks', () => {
    for (let i = 0; i < 25; i++) writeFileSync(join(crashes, `2020-${i}.txt`), '')
    render(new Error('one more'))
    expect(readdirSync(crashes)).toHaveLength(20)
  })

  it.each([
    ['a string', 'just text', 'just text'],
    ['undefined', undefined, 'undefined'],
    ['an empty error', new Error(''), 'no message'],
    ['several lines', new Error('first\nsecond'), 'failed: first\n'],
  ])('survives %s being thrown', (_, thrown, seen) => {
    const { text, exitCode } = render(thrown)
    expect([exitCode, `${text}\n`]).toEqual([70, expect.stringContaining(seen)])
  })

  it('says how to see a stack that cannot be kept', () => {
    const text = renderError(new Error('x'), { terminal: createTerminal({ width: 200 }), crashes: '/dev/null/no', env: {} }).text
    expect(text).toContain('MILLRACE_DEBUG=1')
  })

  it('takes a refusal of the machine for what it is', () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write '/x'"), { code: 'ENOSPC', syscall: 'write', path: '/x' })
    const { text, exitCode } = render(full)
    expect(exitCode).toBe(4)
    expect(text).toContain('MR-E-060  This machine refused to write /x: no space is left on the disk.')
    expect(asMachineError(Object.assign(new Error(), { code: 'ENOENT', syscall: 'open' })), 'a missing file is our bug').toBeNull()
  })

  it('tells the machine and the learner apart outside a KPI', () => {
    expect(render(new EnvironmentFault('Valkey did not start.'))).toMatchObject({
      exitCode: 4,
      text: expect.stringContaining('Valkey did not start.'),
    })
    expect(render(new LearnerFault({ saw: 'exited with 3' }))).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('exited with 3'),
    })
  })

  it('lets no message steer the terminal', () => {
    expect(render(new Error('\u001b[2Jgone\u0007')).text).not.toMatch(/(?!\n)\p{Cc}/u)
  })
})
