import { describe, expect, it, vi } from 'vitest'
import { editDistance, nearest } from './nearest.ts'
import { startProgress } from './progress.ts'
import { asciiOf } from './symbols.ts'
import { table } from './table.ts'
import { createTerminal, terminalOf } from './terminal.ts'
import { pad, printable, shortenMiddle, shortenPair, truncate, widthOf, wrap } from './text.ts'

describe('what a terminal can do', () => {
  const tty = { isTTY: true, columns: 120, rows: 40 }
  const utf8 = { LANG: 'en_US.UTF-8', TERM: 'xterm' }
  it.each<[string, object, Record<string, string>, boolean]>([
    ['a TTY', tty, utf8, true],
    ['a pipe', {}, utf8, false],
    ['NO_COLOR', tty, { ...utf8, NO_COLOR: '1' }, false],
    ['an empty NO_COLOR counts as unset', tty, { ...utf8, NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', {}, { ...utf8, FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', tty, { ...utf8, FORCE_COLOR: '0' }, false],
    ['NO_COLOR beats FORCE_COLOR', tty, { ...utf8, NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['a dumb terminal', tty, { ...utf8, TERM: 'dumb' }, false],
  ])('colour: %s', (_, stream, env, color) => {
    const terminal = terminalOf(stream, env, 'linux')
    expect(terminal.color).toBe(color)
    expect(terminal.c.red('x') === 'x').toBe(!color)
  })

  it.each<[Record<string, string>, string, boolean]>([
    [{ LANG: 'de_DE.UTF-8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, 'linux', false],
    [{ LC_CTYPE: 'C.utf8' }, 'linux', true],
    [{}, 'darwin', true],
    [{ TERM: 'linux' }, 'linux', false],
  ])('Unicode: %j on %s', (env, platform, unicode) => expect(terminalOf({}, env, platform).unicode).toBe(unicode))

  it('has 80 columns where nobody knows', () => {
    expect(terminalOf({}, {}).width).toBe(80)
    expect(terminalOf(tty, {}).width).toBe(120)
  })
})

describe('text by columns', () => {
  it('wraps, pads and cuts wide characters', () => {
    expect(wrap('料金の上限を守る', 6)).toEqual(['料金の', '上限を', '守る'])
    expect(pad('料', 4)).toBe('料  ')
    expect(truncate('👩‍👩‍👧 family', 5)).toBe('👩‍👩‍👧 f…')
    expect(shortenMiddle('日本語日本語日本語abcdefg', 10)).toBe('日本…defg')
    for (const columns of [4, 5, 9, 20]) {
      expect(widthOf(truncate('料金料金料金料金料金料金', columns))).toBeLessThanOrEqual(columns)
      expect(widthOf(shortenMiddle('料金料金料金料金料金料金', columns))).toBeLessThanOrEqual(columns)
    }
  })

  it('keeps own line feeds and indents when wrapping', () => expect(wrap('a b\n  c', 80)).toEqual(['a b', '  c']))

  it('cuts two long texts to where they differ', () => {
    const [a, b] = shortenPair(`${'x'.repeat(500)}1${'y'.repeat(500)}`, `${'x'.repeat(500)}2${'y'.repeat(500)}`, 30)
    expect(a).toMatch(/^…x+1y+…$/)
    expect(b).toMatch(/^…x+2y+…$/)
    expect([widthOf(a), widthOf(b)]).toEqual([30, 30])
  })

  it('takes the power out of control characters', () => {
    expect(printable('\u001b[31mred\u001b[0m\u001b]0;title\u0007 bell\u0007 tab\t\u202erev\u009b2J')).not.toMatch(/\p{Cc}|\u202e/u)
    expect(printable('bell\u0007', false)).toBe('bell^G')
    expect(asciiOf('é → ✓ 料')).toBe('e -> + ?')
  })
})

describe('nearest', () => {
  it.each<[string, string[], string | null]>([
    ['lab-6.3', ['lab-1.1', 'lab-6.2'], 'lab-6.2'],
    ['no-rcae', ['bucket-refills', 'no-race'], 'no-race'],
    ['rate', ['6.1-outbox', '6.2-rate-limiter'], '6.2-rate-limiter'],
    ['staus', ['status', 'reset'], 'status'],
    ['xyzzy', ['status', 'reset'], null],
    ['', ['status'], null],
    ['STATUS', ['status'], 'status'],
  ])('%j', (name, candidates, best) => expect(nearest(name, candidates)).toBe(best))

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('ab', 'ba')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('', 'abc')).toBe(3)
    expect(editDistance('x'.repeat(1e6), 'y'), 'no long wait for long input').toBe(200)
  })
})

describe('table', () => {
  it('aligns, and wraps the flexible column', () => {
    const rows = [
      ['6.2', 'Rate limiter with 料金', '9'],
      ['10.1', 'A title that is much too long for this narrow terminal', '12'],
    ]
    const lines = table(
      createTerminal({ width: 40 }),
      [{ header: 'lab' }, { header: 'title', flexible: true }, { header: 'pts', align: 'right' }],
      rows,
      2,
    )
    expect(lines.join('\n')).toBe(
      [
        '  lab   title                        pts',
        '  6.2   Rate limiter with 料金         9',
        '  10.1  A title that is much too      12',
        '        long for this narrow',
        '        terminal',
      ].join('\n'),
    )
  })
})

describe('progress', () => {
  const run = (tty: boolean, seconds: number, act: (update: (text: string) => void) => void = () => {}) => {
    vi.useFakeTimers()
    const written: string[] = []
    const progress = startProgress({ terminal: createTerminal({ tty, width: 40 }), out: { write: text => written.push(text) } })
    progress.update('starting valkey')
    act(progress.update)
    vi.advanceTimersByTime(seconds * 1000)
    progress.stop()
    const before = written.length
    vi.advanceTimersByTime(10_000)
    expect(written, 'nothing after stop').toHaveLength(before)
    vi.useRealTimers()
    return written
  }

  it('is silent for two seconds', () => {
    expect(run(true, 1.9)).toEqual([])
    expect(run(false, 1.9)).toEqual([])
  })

  it('redraws one line on a TTY, at most ten times a second, and removes it', () => {
    const written = run(true, 4, update => update('x'.repeat(200)))
    expect(written.length).toBeGreaterThan(10)
    expect(written.length).toBeLessThanOrEqual(22)
    for (const text of written) {
      expect(text.startsWith('\r\u001b[K')).toBe(true)
      expect(widthOf(text)).toBeLessThan(40)
    }
    expect(written.at(-1)).toBe('\r\u001b[K')
  })

  it('writes a line every few seconds elsewhere, and only when something changed', () => {
    expect(run(false, 30)).toEqual(['… starting valkey (2 s)\n'])
  })
})
