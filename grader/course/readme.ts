/** The tables of README.md that are written by `pnpm millrace readme`, each between two markers. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIGURES_FILE, type Figures } from '../verify/figures.ts'
import { loadLabs } from './labs.ts'
import { LEVELS, levelOf } from './levels.ts'
import type { Lab } from './types.ts'

/** The generated parts by their marker's name, as they should stand now. @throws CodedError as `loadLabs` */
export function readmeParts(root: string): Record<string, string> {
  const file = join(root, FIGURES_FILE)
  const figures = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figures) : {}
  return { labs: labTable(loadLabs(root)), figures: figuresTable(figures) }
}

/** The table of labs, as Markdown. */
export function labTable(labs: readonly Lab[]): string {
  const rows = labs.map(lab => {
    const points = lab.kpis.filter(kpi => !kpi.bonus).reduce((sum, kpi) => sum + kpi.points, 0)
    const level = `${levelOf(lab.id)} ${LEVELS[levelOf(lab.id)] ?? ''}`
    return [
      level,
      `[${lab.id} ${lab.title}](labs/${lab.folder}/README.md)`,
      lab.story,
      lab.kpis.length,
      points,
      lab.engines.join(', '),
      `${lab.minutes} min`,
    ]
  })
  return markdown(['level', 'lab', 'story', 'KPIs', 'points', 'engines', 'about'], ['---', '---', '---', '--:', '--:', '---', '--:'], rows)
}

/** What the gate measured, as Markdown. */
export function figuresTable(figures: Figures): string {
  const percent = (rate: number): string => `${Number((rate * 100).toFixed(1))} %`
  const rows = Object.entries(figures).map(([lab, f]) => [
    lab,
    f.kpis,
    `${percent(f.mutantKillRate)} of ${f.mutants}`,
    `${percent(f.flakeRate)} of ${f.solutionRuns}`,
    `${(f.saveToVerdictP50 / 1000).toFixed(2)} s / ${(f.saveToVerdictP95 / 1000).toFixed(2)} s`,
  ])
  return markdown(
    ['lab, engine', 'KPIs', 'mutants killed', 'solution runs that failed', 'save → first verdict p50 / p95'],
    ['---', '--:', '--:', '--:', '--:'],
    rows,
  )
}

function markdown(head: string[], align: string[], rows: (string | number)[][]): string {
  return [head, align, ...rows].map(cells => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

/** What stands between the markers of a part now. @throws Error when the markers are missing */
export function readmePart(readme: string, name: string): string {
  const [begin, end] = markers(readme, name)
  return readme.slice(begin, end).trim()
}

/** The README with a part replaced. @throws Error when its markers are missing */
export function withPart(readme: string, name: string, text: string): string {
  const [begin, end] = markers(readme, name)
  return `${readme.slice(0, begin)}\n${text}\n${readme.slice(end)}`
}

function markers(readme: string, name: string): [number, number] {
  const first = `<!-- ${name}: written by \`pnpm millrace readme\` -->`
  const last = `<!-- end of ${name} -->`
  const begin = readme.indexOf(first)
  const end = readme.indexOf(last)
  if (begin === -1 || end < begin) throw new Error(`README.md needs the lines ${first} and ${last}`)
  return [begin + first.length, end]
}
