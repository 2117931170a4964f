/** What `pnpm platform` can do: one function an action. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { birthOf } from '../process/birth.ts'
import { onEnd } from '../process/on-end.ts'
import { nearest } from '../ui/nearest.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'
import { startEmbeddedPlatform } from './embedded.ts'
import { type HopStatus, hopLines, partLines, smokeLine } from './render.ts'
import { smoke } from './smoke/index.ts'
import { findState, requireState } from './state.ts'
import type { PlatformRequest, PlatformState } from './types.ts'

/** The command line of `pnpm platform`, read. */
export interface Asked extends PlatformRequest {
  root: string
  engine: EngineName
  json: boolean
  part?: string
}

/** Milliseconds for an embedded platform to end after it was asked to. */
const DOWN_WITHIN = 20_000

async function up(asked: Asked): Promise<number> {
  const running = findState(asked.root)
  if (running) throw new CodedError('MR-E-162', { engine: running.engine, since: running.startedAt })
  return await upEmbedded(asked)
}

/** Stays in the foreground: whoever started it sees it end, and nothing of it outlives it. */
async function upEmbedded({ root, extras, from }: Asked): Promise<number> {
  const progress = startProgress()
  const ended = Promise.withResolvers<number>()
  let end = async (): Promise<void> => {}
  const release = onEnd(async () => {
    progress.stop()
    await end()
  })
  try {
    const began = performance.now()
    const { state, close } = await startEmbeddedPlatform({
      root,
      extras,
      from,
      onProgress: text => progress.update(text),
      onTrouble: text => console.error(`  ${text}`),
      owner: how => {
        end = how
      },
    })
    end = close
    progress.stop()
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`\n${partLines(state).join('\n')}\n`)
    console.log(`  up after ${seconds} s: ${state.access.status}`)
    console.log('  in another terminal: pnpm platform smoke · status · logs · down; Ctrl-C here ends it\n')
    return await ended.promise // Only a signal ends it.
  } finally {
    progress.stop()
    await end()
    release()
  }
}

async function hopsOf(state: PlatformState): Promise<HopStatus[]> {
  const answer = await fetch(`${state.access.status}/status.json`, { signal: AbortSignal.timeout(10_000) })
  return ((await answer.json()) as { hops: HopStatus[] }).hops
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
  const files = readdirSync(state.logs).filter(name => name.endsWith('.log')).sort() // biome-ignore format: one line
  const names = files.map(name => name.slice(0, -4))
  if (part === undefined) {
    console.log(
      `\n  parts with a log: ${names.join(', ')}\n  pnpm platform logs NAME shows the end of one; the files are in ${state.logs}\n`,
    )
    return 0
  }
  if (!names.includes(part))
    throw new CodedError('MR-E-164', { name: part, all: names.join(', '), nearest: nearest(part, names) ?? names[0] ?? 'none' })
  const lines = readFileSync(join(state.logs, `${part}.log`), 'utf8')
    .trimEnd()
    .split('\n')
  console.log(lines.slice(-100).join('\n'))
  return 0
}

async function smokeAction({ root, json }: Asked): Promise<number> {
  const state = requireState(root)
  const progress = startProgress({ quiet: json })
  progress.update('following the marker')
  try {
    const report = await smoke(state, { onHop: hop => json || console.log(smokeLine(hop)) })
    progress.stop()
    if (json) console.log(JSON.stringify(report, null, 2))
    else
      console.log(
        `\n  ${terminalOf().c.green(terminalOf().sym.pass)} ${report.marker} passed ${report.hops.length} hops; its shipment is gone again\n`,
      )
    return 0
  } finally {
    progress.stop()
  }
}

async function down({ root }: Asked): Promise<number> {
  const state = requireState(root)
  process.kill(state.pid, 'SIGTERM')
  const deadline = performance.now() + DOWN_WITHIN
  while (birthOf(state.pid) === state.birth) {
    if (performance.now() > deadline) throw new CodedError('MR-E-165', { pid: state.pid, seconds: DOWN_WITHIN / 1000 })
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  console.log('  the platform is down; nothing of it runs')
  return 0
}

async function reset(asked: Asked): Promise<number> {
  if (findState(asked.root)) await down(asked)
  console.log('  an embedded platform keeps no data: the next one begins empty')
  return 0
}

/** By the first word after `pnpm platform`. */
export const ACTIONS: Record<string, (asked: Asked) => Promise<number>> = { up, status, logs, smoke: smokeAction, down, reset }
