/** What the terminal we write to can do. Everything that prints takes a `Terminal`, so that tests and files get plain text. */
import pc from 'picocolors'
import { ASCII_SYMBOLS, asciiOf, SYMBOLS, type Symbols } from './symbols.ts'
import { printable } from './text.ts'

export interface Terminal {
  readonly tty: boolean
  readonly color: boolean
  readonly unicode: boolean
  /** Columns; 80 where nobody knows. */
  readonly width: number
  /** Rows; Infinity where there is no screen. */
  readonly height: number
  readonly c: ReturnType<typeof pc.createColors>
  readonly sym: Symbols
  /** Any text, from us or from a learner, made safe to print: no control characters, ASCII where the locale asks for it. */
  text(raw: string): string
}

type Env = Record<string, string | undefined>
type Stream = { isTTY?: boolean; columns?: number; rows?: number }

/**
 * The terminal behind a stream. NO_COLOR (non-empty) wins over FORCE_COLOR, which wins over "is it a TTY"; the locale decides about Unicode.
 * @see https://no-color.org https://force-color.org
 */
export function terminalOf(stream: Stream = process.stdout, env: Env = process.env, platform: string = process.platform): Terminal {
  const tty = stream.isTTY === true
  return createTerminal({
    tty,
    color: wantsColor(tty, env),
    unicode: speaksUtf8(env, platform),
    width: stream.columns || Number(env['COLUMNS']) || 80,
    height: stream.rows || Number.POSITIVE_INFINITY,
  })
}

/** A terminal with stated abilities; all default to a plain, wide one. */
export function createTerminal(
  abilities: { tty?: boolean; color?: boolean; unicode?: boolean; width?: number; height?: number } = {},
): Terminal {
  const { tty = false, color = false, unicode = true, width = 80, height = Number.POSITIVE_INFINITY } = abilities
  return {
    tty,
    color,
    unicode,
    width: Math.max(20, width),
    height,
    c: pc.createColors(color),
    sym: unicode ? SYMBOLS : ASCII_SYMBOLS,
    text: raw => (unicode ? printable(raw) : asciiOf(printable(raw, false))),
  }
}

function wantsColor(tty: boolean, env: Env): boolean {
  if (env['NO_COLOR']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return tty && env['TERM'] !== 'dumb'
}

/** POSIX: LC_ALL, then LC_CTYPE, then LANG. With none set, macOS, Windows Terminal and CI logs are UTF-8. */
function speaksUtf8(env: Env, platform: string): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  if (locale) return /utf-?8/i.test(locale)
  return platform === 'darwin' || platform === 'win32' || env['TERM'] !== 'linux'
}
