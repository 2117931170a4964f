/** docs/errors.md, made from the table: `node grader/errors/page.ts --write`. A test holds the page to it. */
import { writeFileSync } from 'node:fs'
import { EXIT_CODES } from './render.ts'
import { ERRORS, type ErrorEntry } from './table.ts'

const CLASSES: Record<ErrorEntry['class'], string> = {
  use: 'Wrong use: the command, or a file of the course',
  environment: 'This machine',
  program: 'Your program',
  bug: 'Our bug',
}

/** Facts of an entry as a reader sees them: {name} becomes ‹name›. */
const readable = (text: string): string => text.replace(/\{(\w+)\}/g, '‹$1›').replaceAll('\n', ' ')

/** The whole page. */
export function errorsPage(): string {
  const entries = Object.entries(ERRORS) as [string, ErrorEntry][]
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const classes = Object.entries(CLASSES).map(
    ([name, title]) => `| ${title} | ${EXIT_CODES[name as ErrorEntry['class']]} | ${sorted.filter(([, e]) => e.class === name).length} |`,
  )
  return [
    '# Errors',
    '',
    'Every error has a code, a cause and a way out. Its class says whose it is, and gives the exit code. A word in ‹ › is filled in when it happens.',
    'This page is made from `grader/errors/table.ts` by `node grader/errors/page.ts --write`.',
    '',
    '| class | exit code | errors |',
    '|---|---|---|',
    ...classes,
    '',
    'The other exit codes are verdicts: 0 every KPI that ran passed and none is locked, 1 some failed or timed out, 3 inconclusive.',
    '',
    ...sorted.flatMap(([code, entry]) => [
      `## ${code}`,
      '',
      `**${readable(entry.title)}**`,
      '',
      `- Class: ${CLASSES[entry.class]} (exit code ${EXIT_CODES[entry.class]})`,
      `- Cause: ${readable(entry.cause)}`,
      `- What to do: ${readable(entry.fix)}`,
      '',
    ]),
  ].join('\n')
}

if (import.meta.main && process.argv.includes('--write')) writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage())
