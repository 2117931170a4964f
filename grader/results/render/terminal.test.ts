import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createTerminal } from '../../ui/terminal.ts'
import { widthOf } from '../../ui/text.ts'
import * as samples from '../samples/results.ts'
import type { Results } from '../types.ts'
import { feedbackLines } from './feedback.ts'
import { terminal } from './terminal.ts'

const all = Object.entries({ mixed: samples.mixed, passed: samples.passed, machineBroken: samples.machineBroken, hostile: samples.hostile })
const render = (results: Results, width: number, more: Parameters<typeof createTerminal>[0] = {}) =>
  terminal(results, { terminal: createTerminal({ width, ...more }) })
const golden = (name: string) => `golden/${name}`

describe('golden files', () => {
  it.each([60, 80, 140])('every verdict at %i columns', async width => {
    await expect(render(samples.mixed, width)).toMatchFileSnapshot(golden(`mixed-${width}.txt`))
  })
  it('all passed', async () => await expect(render(samples.passed, 80)).toMatchFileSnapshot(golden('passed.txt')))
  it('one cause on the machine is told once', async () =>
    await expect(render(samples.machineBroken, 80)).toMatchFileSnapshot(golden('machine-broken.txt')))
  it('CJK, emoji, long values, escape sequences', async () =>
    await expect(render(samples.hostile, 60)).toMatchFileSnapshot(golden('hostile-60.txt')))
  it('without Unicode', async () =>
    await expect(render(samples.mixed, 80, { unicode: false })).toMatchFileSnapshot(golden('mixed-ascii.txt')))
  it('in colour', async () => await expect(render(samples.mixed, 80, { color: true })).toMatchFileSnapshot(golden('mixed-colour.txt')))
  it('on a screen of 24 rows', async () =>
    await expect(terminal(samples.mixed, { compact: true, terminal: createTerminal({ width: 80, height: 24 }) })).toMatchFileSnapshot(
      golden('compact-24.txt'),
    ))
})

describe('the terminal view', () => {
  it.each(all)('%s: no line is wider than the terminal, at any width', (_, results) => {
    for (let width = 40; width <= 150; width++)
      for (const line of render(results, width).split('\n')) expect(widthOf(line), `${width}: ${line}`).toBeLessThanOrEqual(width)
  })

  it.each(all)('%s: colour changes nothing but colour', (_, results) => {
    const colored = render(results, 80, { color: true })
    expect(colored).toContain('\u001b[3')
    expect(stripVTControlCharacters(colored)).toBe(render(results, 80))
  })

  it('is plain without colour, and ASCII without Unicode', () => {
    expect(render(samples.hostile, 80)).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(render(samples.hostile, 80, { unicode: false })).toMatch(/^[\n\x20-\x7e]*$/)
  })

  it('never speaks in the grader’s words', () => {
    for (const [, results] of all) expect(render(results, 80)).not.toMatch(/assertion|AssertionError|!==|toBe\b|undefined was/)
  })

  it('aligns points at the right edge also behind wide characters', () => {
    const columns = render(samples.hostile, 80)
      .split('\n')
      .filter(line => / pts?$/.test(line))
      .map(widthOf)
    expect(columns).toEqual([80])
  })

  it('shows the difference of long values, and says it of the whole', () => {
    const text = render(samples.hostile, 80)
    expect(text).toContain('RIGHT')
    expect(text).toContain('WRONG')
    expect(text).not.toContain('x'.repeat(200))
  })

  it('takes the story from the lab where the results have none', () => {
    const { story: _, ...without } = samples.passed
    expect(terminal(without, { lab: { story: 'Told by the lab.' } })).toContain('Told by the lab.')
  })

  it('sets words under each other and colours those that differ', () => {
    const lines = feedbackLines(samples.bucketRefills, createTerminal({ color: true }), 80, 0)
    const [expected, saw] = ['expected', 'your node'].map(label => lines.find(line => stripVTControlCharacters(line).startsWith(label))!)
    expect(stripVTControlCharacters(expected!)).toContain('allow allow deny ')
    expect(stripVTControlCharacters(saw!)).toContain('allow deny  deny ')
    expect(saw).toContain('\u001b[31mdeny\u001b[39m  deny')
  })

  it('cuts endless steps and details, and says where the rest is', () => {
    const feedback = {
      did: Array.from({ length: 40 }, (_, i) => `I did step ${i}.`),
      details: Array.from({ length: 60 }, (_, i) => `line ${i}`),
      saw: 'nothing',
    }
    const lines = feedbackLines({ ...samples.noRace, feedback }, createTerminal(), 80, 0)
    expect(lines.length).toBeLessThan(22)
    expect(lines.join('\n')).toMatch(/33 more steps \(all in results.json\)[\s\S]*51 more lines in results.json/)
    expect(lines.join('\n')).toContain('I did step 39.')
  })
})

describe('the compact view', () => {
  it.each(all)('%s: fits every screen', (_, results) => {
    for (let height = 6; height <= 50; height++)
      for (const width of [40, 60, 80, 140]) {
        const lines = terminal(results, { compact: true, reserveRows: 2, terminal: createTerminal({ width, height }) })
          .trimEnd()
          .split('\n')
        expect(lines.length, `${width}×${height}`).toBeLessThanOrEqual(height - 2)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
      }
  })

  it('keeps the first failure in sight, with what was seen, on 24 rows', () => {
    const text = terminal(samples.mixed, { compact: true, reserveRows: 1, terminal: createTerminal({ width: 80, height: 24 }) })
    expect(text).toContain('your node  allow deny  deny')
    for (const kpi of samples.mixed.kpis) expect(text).toContain(kpi.id)
  })
})
