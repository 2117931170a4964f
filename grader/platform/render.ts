/** What `pnpm platform` prints. */
import { table } from '../ui/table.ts'
import { terminalOf } from '../ui/terminal.ts'
import type { SmokeHop } from './smoke/index.ts'
import type { PlatformState } from './types.ts'

/** A hop as the status page answers it. */
export interface HopStatus {
  id: string
  title: string
  ok: boolean
  figures: Record<string, string | number>
  trouble?: string
}

/** The parts, whose they are, and where. */
export function partLines({ parts, engine }: PlatformState): string[] {
  const rows = parts.map(({ name, what, whose, at }) => [name, what, whose, at ?? ''])
  const columns = [{ header: 'part' }, { header: 'what it does', flexible: true }, { header: 'whose' }, { header: 'at' }]
  return [`  Fjordline platform · ${engine}`, '', ...table(terminalOf(), columns, rows, 2)]
}

/** One line a hop: its figures, or what is the matter. */
export function hopLines(hops: readonly HopStatus[]): string[] {
  const { c, sym } = terminalOf()
  const rows = hops.map(({ title, ok, figures, trouble }) => [
    ok ? c.green(sym.pass) : c.red(sym.fail),
    title,
    trouble ?? Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(' · '), // biome-ignore format: one line
  ])
  return table(terminalOf(), [{}, {}, { flexible: true }], rows, 2)
}

/** A hop that the marker has passed. */
export function smokeLine({ hop, ms }: SmokeHop): string {
  const { c, sym } = terminalOf()
  return `  ${c.green(sym.pass)} ${hop.padEnd(44)} ${String(Math.round(ms)).padStart(6)} ms`
}

/** What `up` says when all is there. */
export function sayUp(state: PlatformState, ms: number, next: string): void {
  console.log(`\n${partLines(state).join('\n')}\n`)
  console.log(`  up after ${(ms / 1000).toFixed(1)} s: ${state.access.status}\n  ${next}\n`)
}
