/** The table of labs in README.md: generated from the manifests, between two markers. */
import { LEVELS, levelOf } from './levels.ts'
import type { Lab } from './types.ts'

const BEGIN = '<!-- labs: written by `pnpm millrace readme` -->'
const END = '<!-- end of labs -->'

/** The table as Markdown, without its markers. */
export function labTable(labs: readonly Lab[]): string {
  const rows = labs.map(lab => {
    const points = lab.kpis.filter(kpi => !kpi.bonus).reduce((sum, kpi) => sum + kpi.points, 0)
    const cells = [
      `${levelOf(lab.id)} ${LEVELS[levelOf(lab.id)] ?? ''}`,
      `[${lab.id} ${lab.title}](labs/${lab.folder}/README.md)`,
      lab.story,
      lab.kpis.length,
      points,
      lab.engines.join(', '),
      `${lab.minutes} min`,
    ]
    return `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| level | lab | story | KPIs | points | engines | about |', '|---|---|---|--:|--:|---|--:|', ...rows].join('\n')
}

/** The table that stands in a README now. @throws Error when the markers are missing */
export function readmeTable(readme: string): string {
  const [begin, end] = markers(readme)
  return readme.slice(begin, end).trim()
}

/** The README with its table replaced. @throws Error when the markers are missing */
export function withLabTable(readme: string, labs: readonly Lab[]): string {
  const [begin, end] = markers(readme)
  return `${readme.slice(0, begin)}\n${labTable(labs)}\n${readme.slice(end)}`
}

function markers(readme: string): [number, number] {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin === -1 || end < begin) throw new Error(`README.md needs the lines ${BEGIN} and ${END} around its table of labs`)
  return [begin + BEGIN.length, end]
}
