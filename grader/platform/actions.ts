/** What `pnpm platform` can do: one function an action. */
import type { EngineName } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'
import { onDocker } from './on-docker.ts'
import { onEmbedded } from './on-embedded.ts'
import { type HopStatus, hopLines, partLines, smokeLine } from './render.ts'
import { smoke } from './smoke/index.ts'
import { findState, requireState } from './state.ts'
import type { OnEngine, PlatformRequest, PlatformState } from './types.ts'

/** The command line of `pnpm platform`, read. */
export interface Asked extends PlatformRequest {
  root: string
  engine: EngineName
  json: boolean
  part?: string
}

const ENGINES: Record<EngineName, OnEngine> = { embedded: onEmbedded, docker: onDocker }

async function up(asked: Asked): Promise<number> {
  const running = findState(asked.root)
  if (running) throw new CodedError('MR-E-162', { engine: running.engine, since: running.startedAt })
  return await ENGINES[asked.engine].up(asked)
}

async function hopsOf(state: PlatformState): Promise<HopStatus[]> {
  try {
    const answer = await fetch(`${state.access.status}/status.json`, { signal: AbortSignal.timeout(10_000) })
    return ((await answer.json()) as { hops: HopStatus[] }).hops
  } catch (error) {
    const trouble = `the status page at ${state.access.status} does not answer (${(error as Error).message})`
    return [{ id: 'status', title: 'Status page', ok: false, figures: {}, trouble }]
  }
}

async function status({ root, json }: Asked): Promise<number> {
  const state = requireState(root)
  const hops = await hopsOf(state)
  const { engine, startedAt, extras, from, parts } = state
  if (json) console.log(JSON.stringify({ engine, startedAt, extras, from, parts, hops, page: state.access.status }, null, 2))
  else console.log(`\n${partLines(state).join('\n')}\n\n${hopLines(hops).join('\n')}\n\n  page: ${state.access.status}\n`)
  return hops.every(({ ok }) => ok) ? 0 : 1
}

async function logs({ root, part }: Asked): Promise<number> {
  const state = requireState(root)
  const { names, text } = await ENGINES[state.engine].logs(state, part, root)
  if (text === undefined)
    throw new CodedError('MR-E-164', { name: part, all: names.join(', '), nearest: nearest(part!, names) ?? names[0] ?? 'none' })
  if (part === undefined)
    console.log(`\n  parts with a log: ${names.join(', ')}\n  pnpm platform logs NAME shows the end of one; all: ${state.logs}\n`)
  else console.log(text)
  return 0
}

async function smokeAction({ root, json }: Asked): Promise<number> {
  const state = requireState(root)
  const progress = startProgress({ quiet: json })
  progress.update('following the marker')
  try {
    const report = await smoke(state, { onHop: hop => json || console.log(smokeLine(hop)) })
    progress.stop()
    const { c, sym } = terminalOf()
    if (json) console.log(JSON.stringify(report, null, 2))
    else console.log(`\n  ${c.green(sym.pass)} ${report.marker} passed ${report.hops.length} hops; its shipment is gone again\n`)
    return 0
  } finally {
    progress.stop()
  }
}

async function down({ root }: Asked): Promise<number> {
  const state = requireState(root)
  await ENGINES[state.engine].down(root, state)
  return 0
}

/** What runs, and also what an engine kept of platforms before. */
async function reset({ root, engine }: Asked): Promise<number> {
  const state = findState(root)
  await ENGINES[state?.engine ?? engine].reset(root, state)
  return 0
}

/** By the first word after `pnpm platform`. */
export const ACTIONS: Record<string, (asked: Asked) => Promise<number>> = { up, status, logs, smoke: smokeAction, down, reset }
