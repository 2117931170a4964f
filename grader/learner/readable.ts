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
  /** The last error's first line, when there is one. */
  error?: string
  /** Where: "src/server.ts:12", only in the learner's own files. */
  at?: string
  /** True when the program could not even be parsed. */
  syntax: boolean
}

const FRAME = /^\s+at /
/** Alone on a line: how Node heads an uncaught error. Its source line, a caret and a blank line follow, then the error. */
const HEADER = /^(?:(?:file:\/\/)?(\/.*)|node:[\w/]+):(\d+)$/
const CARET = /^\s*\^+\s*$/
const ERROR = /^(?:Uncaught )?(?:[A-Z]\w*(?:Error|Exception)|[Ee]rror|AggregateError)(?: \[\w+\])?: /
const NOISE = /^Node\.js v\d|^\(Use `node --trace|^\s*$/
/** What V8 prints when memory runs out, around the one line that says so. */
const OUT_OF_MEMORY_NOISE = /^ ?\d+: 0x|^-+ Native stack trace|^<--- |^\[\d+:0x[0-9a-f]+\]|^#+$|^#\s*$/

/**
 * The readable end of a log.
 * @param dir the workspace; its path is taken out of every line
 * @param hide numbers that change from run to run (ports): shown with a leading ~
 */
export const readable = (logs: readonly LogLine[], dir: string, hide: readonly number[] = []): Readable => {
  const relative = (text: string) => text.replaceAll(`file://${dir}/`, '').replaceAll(`${dir}/`, '').replaceAll(dir, '.')
  const own = (path: string | undefined, line: string | undefined) =>
    path?.startsWith(`${dir}/`) && !path.startsWith(`${dir}/node_modules/`) ? `${relative(path)}:${line}` : undefined
  const lines = logs.slice(-WINDOW).map(line => line.text)
  const out: string[] = []
  const found: Readable = { lines: [], syntax: false }
  let framed = false

  const place = (at: string) => {
    if (framed) return
    framed = true
    out.push(`    at ${at}`)
    if (found.error) found.at = at
  }
  const startError = (text: string, header: string | undefined) => {
    framed = false
    found.error = relative(text).replace(/^Uncaught /, '')
    delete found.at
    found.syntax = found.error.startsWith('SyntaxError')
    out.push(found.error)
    // The frames of a syntax error are all Node's: its place is in the header.
    if (found.syntax && header) place(header)
  }

  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]!
    if (FRAME.test(text)) {
      const frame = /(?:file:\/\/)?(\/[^()]+):(\d+):\d+\)?(?: \{)?$/.exec(text)
      const at = own(frame?.[1], frame?.[2])
      if (at) place(at)
      if (!text.endsWith(' {')) continue
      // Properties of the error follow, up to a brace of its own: useful ones of a database, noise of a syntax error.
      const end = lines.indexOf('}', i)
      if (end > i && found.syntax) i = end
      else if (end > i) lines.splice(end, 1)
      continue
    }
    const header = HEADER.exec(text)
    if (header) {
      const caret = lines.findIndex((line, j) => j > i && j <= i + 8 && CARET.test(line))
      let next = caret + 1
      while (caret > 0 && next < lines.length && NOISE.test(lines[next]!)) next++
      if (caret > 0 && next < lines.length) {
        startError(lines[next]!, own(header[1], header[2]))
        i = next
      }
      continue
    }
    if (NOISE.test(text) || OUT_OF_MEMORY_NOISE.test(text)) continue
    if (ERROR.test(text)) startError(text, undefined)
    else out.push(relative(text))
  }
  const cut = (text: string) => hidden(text.slice(0, MAX_SHOWN), hide)
  found.lines = out.slice(-TAIL).map(cut)
  if (found.error) found.error = cut(found.error)
  return found
}

const hidden = (text: string, numbers: readonly number[]): string => {
  let out = text.replace(/^\(node:\d+\)/, '(node)')
  for (const number of new Set(numbers)) if (number > 0) out = out.replace(new RegExp(`(?<![\\d~])${number}(?!\\d)`, 'g'), `~${number}`)
  return out
}
