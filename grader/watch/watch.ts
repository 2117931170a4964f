import { relative } from 'node:path'
import { watch as watchFiles } from 'chokidar'
import { nextHint } from '../course/hints.ts'
import { recordRun } from '../course/progress.ts'
import { resetLab } from '../course/reset.ts'
import type { EngineName, Lab } from '../course/types.ts'
import { onEnd } from '../process/on-end.ts'
import { renderers } from '../results/render/index.ts'
import type { KpiResult, Results } from '../results/types.ts'
import { Session } from '../runner/session.ts'
import { readKeys } from '../ui/keys.ts'
import { terminalOf } from '../ui/terminal.ts'
import { mergeResults, passedOf } from './merge.ts'
import { drawScreen, listText, nextFocus, type WatchView } from './screen.ts'

/** Milliseconds to wait after a change for the editor's other writes of the same save. */
const SETTLE = 25

const ALTERNATE = { on: '\x1b[?1049h\x1b[?25l', off: '\x1b[?1049l\x1b[?25h', home: '\x1b[H', clearLine: '\x1b[K', clearBelow: '\x1b[J' }

interface WatchRequest {
  root: string
  lab: Lab
  engine: EngineName
  seed: number
  only?: string[]
}

/** Judge on every save until `q`. Services and Vitest stay warm; what failed is judged first; the verdict stays on the screen. */
export async function watchLab(request: WatchRequest): Promise<number> {
  const { root, lab, engine } = request
  const session = new Session(root, engine)
  const view: WatchView = { results: undefined, status: `lab ${lab.id}: starting`, overlay: undefined, focus: undefined }
  const tty = process.stdout.isTTY === true
  let abort: AbortController | undefined
  let running: Promise<void> = Promise.resolve()
  let settle: NodeJS.Timeout | undefined
  const finished = Promise.withResolvers<number>()

  const draw = () => {
    if (!tty) return
    const text = drawScreen(view, terminalOf()).split('\n').join(`${ALTERNATE.clearLine}\n`)
    process.stdout.write(`${ALTERNATE.home}${text}${ALTERNATE.clearLine}${ALTERNATE.clearBelow}`)
  }

  const judge = async (all: boolean, savedAt: number, why: string): Promise<void> => {
    const before = view.results
    const fresh = new Map<string, KpiResult>()
    abort = new AbortController()
    const { signal } = abort
    view.status = `${why}: judging …`
    draw()
    const results = await session.judge({
      lab,
      source: { kind: 'learner' },
      seed: request.seed,
      signal,
      ...(request.only ? { only: request.only } : {}),
      ...(all ? {} : { passedBefore: passedOf(before) }),
      onKpi: kpi => {
        if (signal.aborted) return
        fresh.set(kpi.id, kpi)
        if (before) view.results = mergeResults(before, fresh)
        view.status = `${why}: ${kpi.id} ${kpi.verdict} ${Math.round(performance.now() - savedAt)} ms after it`
        draw()
      },
    })
    if (signal.aborted) return
    view.results = results
    view.status = `${why}: all judged in ${((performance.now() - savedAt) / 1000).toFixed(2)} s · waiting for a save`
    recordRun(root, lab, results)
    if (!tty) process.stdout.write(renderers.terminal(results, { terminal: terminalOf(), lab }))
    draw()
  }

  const start = (all: boolean, why: string): void => {
    const savedAt = performance.now()
    abort?.abort()
    running = running
      .then(() => judge(all, savedAt, why))
      .catch(error => {
        view.status = String(error instanceof Error ? error.message : error)
        view.overlay = undefined
        if (!tty) process.stderr.write(`${view.status}\n`)
        draw()
      })
  }

  const watcher = watchFiles(lab.labDir, {
    ignoreInitial: true,
    ignored: path => /(^|\/)(node_modules|\.[^/]+)$/.test(relative(lab.labDir, path)),
  })
  watcher.on('all', (_event, path) => {
    clearTimeout(settle)
    settle = setTimeout(() => {
      view.overlay = undefined
      start(false, `saved ${relative(lab.labDir, path)}`)
    }, SETTLE)
  })

  let asking = false
  const stopKeys = readKeys(({ name: key }) => {
    view.overlay = undefined
    if (asking) {
      asking = false
      view.status = key === 'y' ? resetLab(root, lab).join(' · ') : 'nothing reset'
    } else if (key === 'q') finished.resolve(view.results?.exitCode ?? 0)
    else if (key === 'h') view.overlay = nextHint(root, lab, view.focus ?? firstFailed(view.results))
    else if (key === 'n') view.focus = nextFocus(view.results, view.focus)
    else if (key === 'l') view.overlay = listText(view.results, terminalOf())
    else if (key === 'a') start(true, 'all')
    else if (key === 'x') {
      asking = true
      view.overlay = `Put all editable files of lab ${lab.id} back to the starter? What is there now is kept under .millrace/kept. y / n`
    }
    draw()
  })
  const onResize = () => draw()
  process.stdout.on('resize', onResize)

  const end = async () => {
    clearTimeout(settle)
    abort?.abort()
    stopKeys()
    process.stdout.off('resize', onResize)
    if (tty) process.stdout.write(ALTERNATE.off)
    await Promise.allSettled([watcher.close(), session.close()])
  }
  const off = onEnd(end)
  if (tty) process.stdout.write(ALTERNATE.on)
  session.warm(lab)
  start(true, 'started')
  const code = await finished.promise
  await end()
  off()
  if (view.results) process.stdout.write(renderers.terminal(view.results, { terminal: terminalOf(), lab }))
  return code
}

const firstFailed = (results: Results | undefined): string | undefined =>
  results?.kpis.find(kpi => kpi.verdict === 'fail' || kpi.verdict === 'timeout')?.id
