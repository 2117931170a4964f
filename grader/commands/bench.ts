import { readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineCommand } from 'citty'
import type { Bench, BenchRow } from '../bench/types.ts'
import { loadLabs } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'

/** Every benchmark: the files of grader/bench/ that are not types, helpers (`_…`) or tests. */
async function loadBenches(root: string): Promise<Bench[]> {
  const dir = join(root, 'grader', 'bench')
  const files = readdirSync(dir)
    .filter(name => name.endsWith('.ts') && !/^(_|types)|\.test\.ts$/.test(name))
    .sort()
  const benches: Bench[] = []
  for (const name of files) {
    try {
      benches.push(((await import(pathToFileURL(join(dir, name)).href)) as { default: Bench }).default)
    } catch (error) {
      process.stderr.write(`grader/bench/${name} cannot be loaded and is left out: ${error instanceof Error ? error.message : error}\n`)
    }
  }
  return benches
}

/** `pnpm bench`: figures of speed, as ratios to a peer in the same run or stated with the machine. */
export default defineCommand({
  meta: {
    name: 'bench',
    description: 'Measure: save → verdict, cold start, and each lab against its peer',
    examples: [
      'pnpm bench                all of them',
      'pnpm bench save-to-verdict',
      'pnpm bench 6.2            what belongs to lab 6.2',
      'pnpm bench --quick --json',
    ],
  } as never,
  args: {
    name: { type: 'positional', required: false, description: 'one benchmark, or a lab (6.2)' },
    quick: { type: 'boolean', description: 'fewer rounds' },
    json: { type: 'boolean', description: 'print the rows as JSON' },
  },
  async run({ args }) {
    const root = repositoryRoot()
    const all = await loadBenches(root)
    const wanted = args.name
    const lab = loadLabs(root).find(({ id }) => id === wanted?.replace(/^lab-/, ''))?.id
    const belongs = (bench: Bench) =>
      lab === undefined ? wanted === undefined || bench.name === wanted : bench.labs === 'each' || bench.labs?.includes(lab)
    const chosen = all.filter(belongs)
    if (chosen.length === 0)
      throw new CodedError('MR-E-004', {
        message: `There is no benchmark "${wanted}"; did you mean ${
          nearest(
            wanted!,
            all.map(bench => bench.name),
          ) ?? all.map(bench => bench.name).join(', ')
        }`,
      })
    const progress = startProgress({ quiet: args.json === true, terminal: terminalOf(process.stderr) })
    const rows: (BenchRow & { bench: string })[] = []
    for (const bench of chosen) {
      progress.update(bench.name)
      for (const row of await bench.run({
        root,
        quick: args.quick === true,
        ...(lab ? { lab } : {}),
        onProgress: text => progress.update(`${bench.name}: ${text}`),
      }))
        rows.push({ bench: bench.name, ...row })
    }
    progress.stop()
    const machine = {
      cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    }
    process.stdout.write(args.json ? `${JSON.stringify({ machine, rows }, null, 2)}\n` : renderRows(rows, machine))
    return 0
  },
})

function renderRows(rows: readonly (BenchRow & { bench: string })[], machine: Record<string, unknown>): string {
  const term = terminalOf()
  const widths = [Math.max(...rows.map(row => row.what.length)), Math.max(...rows.map(row => row.figure.length))]
  const lines = rows.map(row => {
    const mark =
      row.reached === undefined
        ? ' '
        : row.reached === true
          ? term.c.green(term.sym.pass)
          : row.reached === 'undecided'
            ? term.c.yellow(term.sym.unsure)
            : term.c.red(term.sym.fail)
    return `${mark} ${row.what.padEnd(widths[0]!)}  ${row.figure.padStart(widths[1]!)}  ${row.goal ? `goal ${row.goal}` : ''}${row.detail ? `  ${term.c.dim(row.detail)}` : ''}`
  })
  return `${lines.map(line => line.trimEnd()).join('\n')}\n\n${Object.entries(machine)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ')}\n`
}
