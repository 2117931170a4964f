/** From what a program printed to what a learner needs of it: the error, its place in their own files, no internals of Node. */
import type { LogLine } from './types.ts'

/** Lines of a log that a failure shows. */
const TAIL = 8
/** Lines at the end that are looked through. */
const WINDOW = 200
const MAX_SHOWN = 300

export interface Readable {
  /** The last lines, stack traces cut to the first frame in the learner's files. */
  lines: string[]
  /** The uncaught error's first line, when there is one. */
  error?: string
  /** Where: "src/server.ts:12", only in the learner's own files. */
  at?: string
  /** True when the program could not even be parsed. */
  syntax: boolean
}

const FRAME = /^\s+at /
/** `file:///…/src/a.ts:5` alone on a line: how Node heads an uncaught error. */
const HEADER = /^(?:file:\/\/)?(\/.*):(\d+)$/
const ERROR = /^(?:Uncaught )?(?:[A-Z]\w*(?:Error|Exception)|Error|AggregateError|DOMException)(?: \[\w+\])?(?:: |$)/
const NOISE = /^Node\.js v\d|^\(Use `node --trace|^\s*\^+\s*$/

/**
 * The readable end of a log.
 * @param dir the workspace; its path is taken out of every line
 * @param hide numbers that change from run to run (ports): shown with a leading ~
 */
export const readable = (logs: readonly LogLine[], dir: string, hide: readonly number[] = []): Readable => {
  const relative = (text: string) => text.replaceAll(`file://${dir}/`, '').replaceAll(`${dir}/`, '').replaceAll(dir, '.')
  const own = (text: string): string | undefined => {
    const place = /(?:file:\/\/)?(\/[^\s()]+):(\d+):\d+\)?$/.exec(text)
    if (!place?.[1]?.startsWith(`${dir}/`) || place[1].startsWith(`${dir}/node_modules/`)) return
    return `${relative(place[1])}:${place[2]}`
  }
  const out: string[] = []
  let error: string | undefined
  let at: string | undefined
  let header: string | undefined
  let framed = false
  let syntax = false
  const lines = logs.slice(-WINDOW).map(line => line.text)
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]!
    if (FRAME.test(text)) {
      const place = own(text)
      if (place && !framed) {
        out.push(`    at ${place}`)
        framed = true
        if (error) at ??= place
      }
      continue
    }
    if (NOISE.test(text) || text.trim() === '') continue
    const head = HEADER.exec(text)
    if (head) {
      header = head[1]!.startsWith(`${dir}/`) ? `${relative(head[1]!)}:${head[2]}` : undefined
      // The source line and its caret follow; the error's own line comes after them.
      const error = lines.findIndex((line, j) => j > i && ERROR.test(line))
      if (error > i && error - i <= 12) i = error - 1
      continue
    }
    if (ERROR.test(text)) {
      framed = false
      error = relative(text).replace(/^Uncaught /, '')
      at = undefined
      syntax = /^SyntaxError/.test(error)
      out.push(error)
      if (syntax && header) {
        at = header
        out.push(`    at ${header}`)
        framed = true
      }
      continue
    }
    out.push(relative(text))
  }
  const shown = out.slice(-TAIL).map(line => hidden(line.slice(0, MAX_SHOWN), hide))
  return { lines: shown, ...(error ? { error: hidden(error, hide) } : {}), ...(at ? { at } : {}), syntax }
}

const hidden = (text: string, numbers: readonly number[]): string => {
  let out = text.replace(/^\(node:\d+\)/, '(node)')
  for (const number of numbers) out = out.replace(new RegExp(`(?<![\\d~])${number}(?!\\d)`, 'g'), `~${number}`)
  return out
}
