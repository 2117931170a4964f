import { expect, test } from 'vitest'
import { LineSplitter, LogKeeper, MAX_LINE, MAX_LINES } from './lines.ts'
import { readable } from './readable.ts'

const logs = (text: string) => text.split('\n').map(text => ({ at: 0, stream: 'stderr' as const, text }))

test('an uncaught error: its line, the first own frame, no internals', () => {
  const seen = readable(
    logs(`connecting to 127.0.0.1:6390
file:///tmp/ws/src/server.ts:12
    throw new TypeError('nope')
          ^

TypeError: nope
    at Client.send (/tmp/ws/node_modules/x/index.js:3:3)
    at load (file:///tmp/ws/src/lib/load.ts:12:11)
    at file:///tmp/ws/src/server.ts:40:1
    at ModuleJob.run (node:internal/modules/esm/module_job:345:25)

Node.js v24.21.0`),
    '/tmp/ws',
    [6390],
  )
  expect(seen).toEqual({
    lines: ['connecting to 127.0.0.1:~6390', 'TypeError: nope', '    at src/lib/load.ts:12'],
    error: 'TypeError: nope',
    at: 'src/lib/load.ts:12',
    syntax: false,
  })
})

test('a rejected promise, with the properties that a database driver adds', () => {
  const seen = readable(
    logs(`node:internal/process/promises:394
      triggerUncaughtException(err, true /* fromPromise */);
      ^

error: relation "orders" does not exist
    at /repo/node_modules/pg/lib/client.js:545:17
    at async main (/tmp/ws/src/main.ts:7:3) {
  length: 105,
  code: '42P01'
}

Node.js v24.21.0`),
    '/tmp/ws',
  )
  expect(seen).toMatchObject({ error: 'error: relation "orders" does not exist', at: 'src/main.ts:7' })
  expect(seen.lines).toEqual(['error: relation "orders" does not exist', '    at src/main.ts:7', '  length: 105,', "  code: '42P01'"])
})

test('a syntax error: its place is in the header', () => {
  const seen = readable(
    logs(`file:///tmp/ws/src/a.ts:5
enum A { B }
^^^^^^^^^^^^

SyntaxError [ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX]: TypeScript enum is not supported in strip-only mode
    at parseTypeScript (node:internal/modules/typescript:68:40) {
  code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}

Node.js v24.21.0`),
    '/tmp/ws',
  )
  expect(seen).toMatchObject({ syntax: true, at: 'src/a.ts:5' })
  expect(seen.lines).toEqual([
    'SyntaxError [ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX]: TypeScript enum is not supported in strip-only mode',
    '    at src/a.ts:5',
  ])
})

test('out of memory: the one line that says so', () => {
  const seen = readable(
    logs(`
<--- Last few GCs --->
[123:0x39c8c000]    1137 ms: Mark-Compact (reduce) 64.6 (66.6) -> 64.1 (66.6) MB

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0x931db0  [/usr/bin/node]
10: 0x75968e node::OOMErrorHandler(char const*, v8::OOMDetails const&) [/usr/bin/node]`),
    '/tmp/ws',
  )
  expect(seen.lines).toEqual(['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'])
})

test('an error thrown inside a package names no file of the learner', () => {
  const seen = readable(logs('Error: boom\n    at /repo/node_modules/x/index.js:1:1'), '/tmp/ws')
  expect(seen).toEqual({ lines: ['Error: boom'], error: 'Error: boom', syntax: false })
})

test('only the last lines, each cut, and a workspace path anywhere is taken out', () => {
  const seen = readable(logs(`${'early\n'.repeat(50)}loaded /tmp/ws/data/a.csv\n${'x'.repeat(9000)}`), '/tmp/ws')
  expect(seen.lines).toHaveLength(8)
  expect(seen.lines[6]).toBe('loaded data/a.csv')
  expect(seen.lines[7]).toHaveLength(300)
})

test('lines: split anywhere, CRLF, no last newline, broken UTF-8, too long', () => {
  const lines: string[] = []
  const splitter = new LineSplitter(text => lines.push(text))
  const bytes = Buffer.from(`één\r\ntwo\n${'x'.repeat(MAX_LINE + 7)}\n`)
  for (const byte of bytes) splitter.push(Buffer.of(byte))
  splitter.push(Buffer.of(0xff, 0x41, 0x0a, 0x62))
  splitter.end()
  expect(lines).toEqual(['één', 'two', `${'x'.repeat(MAX_LINE)} … (7 characters cut)`, '\ufffdA', 'b'])
})

test('a long log keeps its head and its tail', () => {
  const keeper = new LogKeeper()
  for (let i = 0; i < MAX_LINES * 3; i++) keeper.add({ at: i, stream: 'stdout', text: String(i) })
  expect(keeper.lines.length).toBeLessThanOrEqual(MAX_LINES)
  expect(keeper.lines[0]!.text).toBe('0')
  expect(keeper.lines.at(-1)!.text).toBe(String(MAX_LINES * 3 - 1))
  expect(keeper.dropped).toBe(MAX_LINES * 3 - keeper.lines.length)
})
