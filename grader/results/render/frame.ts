/** What stands around the KPIs: the title above, the score and the next step below. */
import type { Terminal } from '../../ui/terminal.ts'
import { widthOf, wrap } from '../../ui/text.ts'
import type { Results } from '../types.ts'
import { countsText, durationText, firstTrouble, round } from './facts.ts'
import type { RenderOptions } from './options.ts'

/** "Lab 6.2  Rate limiter          embedded · seed 4127", and the story. */
export function header(results: Results, term: Terminal, width: number, story = ''): string[] {
  const { c, sym } = term
  const title = `Lab ${term.text(results.lab.replace(/^lab-/, ''))}  ${term.text(results.title)}`
  const source = results.source === 'learner' ? [] : [term.text(results.source)]
  const run = [...source, results.engine, `seed ${results.seed}`].join(` ${sym.dot} `)
  const gap = width - widthOf(title) - widthOf(run)
  const lines = gap >= 2 ? [c.bold(title) + ' '.repeat(gap) + c.dim(run)] : [...wrap(title, width).map(line => c.bold(line)), c.dim(run)]
  const told = results.story ?? story
  return told ? [...lines, ...wrap(term.text(told), width)] : lines
}

/** Points, time, the replay command, the next command, and where the evidence is. */
export function summary(results: Results, term: Terminal, width: number, options: RenderOptions): string[] {
  const { c } = term
  const dot = ` ${term.sym.dot} `
  const trouble = firstTrouble(results.kpis)
  const parts = [scoreText(results, term), countsText(results.kpis), durationText(results.durationMs)].filter(part => part !== '')
  // Where the machine is at fault, running it again changes nothing; in watch mode a save runs it again.
  const again = trouble && trouble.verdict !== 'environment-error' && !options.compact
  const replay = again ? [`replay: ${term.text(trouble.replay)}`] : []
  const next = results.next === null ? [] : [`${c.bold('next:')} ${c.cyan(term.text(results.next))}`]
  const where = `everything that happened: ${term.text(options.timeline ?? timelinePath(results))}`
  return [...joined([parts.join(dot), ...replay], dot, width), ...joined([...next, c.dim(where)], ' '.repeat(6), width)]
}

function scoreText(results: Results, term: Terminal): string {
  const { earned, points, bonusEarned, bonusPoints } = results.totals
  const full = results.exitCode === 0 && earned >= points
  const text = `${round(earned)} of ${round(points)} ${points === 1 ? 'point' : 'points'}`
  const bonus = bonusPoints > 0 ? ` + ${round(bonusEarned)} of ${round(bonusPoints)} bonus` : ''
  return (full ? term.c.green : term.c.bold)(full ? `${term.sym.pass} ${text}${bonus}` : text + bonus)
}

const timelinePath = (results: Results): string => `${results.evidence.replace(/[^/]+\/?$/, 'latest')}/timeline.html`

/** On one line where it fits, else a line each. */
function joined(parts: string[], glue: string, width: number): string[] {
  const line = parts.join(glue)
  return widthOf(line) <= width ? [line] : parts.flatMap(part => wrap(part, width))
}
