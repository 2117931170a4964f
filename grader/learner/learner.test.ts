import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LearnerFault } from '../kpi/outcomes.ts'
import { ISOLATIONS, type TestBed, testBed } from './testing.ts'

const SERVER = `
import { createServer } from 'node:http'
import { writeFileSync, readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
const state = process.env.STATE ? join(process.env.STATE, 'count') : ''
if (state) writeFileSync(state, String(existsSync(state) ? Number(readFileSync(state, 'utf8')) + 1 : 1))
createServer((request, response) => {
  if (request.url === '/crash') throw new TypeError('no such route')
  response.statusCode = request.url === '/health' && performance.now() < 150 ? 503 : 200
  response.end(state ? readFileSync(state, 'utf8') : String(process.pid))
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening on', process.env.PORT, ...process.argv.slice(2)))
process.on('SIGTERM', () => { console.error('bye'); process.exit(0) })
process.on('SIGUSR2', () => console.log('usr2'))
`

describe.each(ISOLATIONS)('programs (%s isolation)', isolation => {
  let bed: TestBed
  beforeEach(() => {
    bed = testBed({ 'src/server.ts': SERVER }, { isolation })
  })
  afterEach(async () => {
    expect(await bed.end(), 'left behind').toEqual([])
  })
  const fault = async (promise: Promise<unknown>): Promise<LearnerFault['feedback']> => {
    const error = await promise.then(
      () => undefined,
      (error: LearnerFault) => error,
    )
    expect(error?.name).toBe('LearnerFault')
    return error!.feedback
  }

  test('start, talk, log with time, memory, stop in order', async () => {
    const program = await bed.learner.start('src/server.ts', { args: ['one', 'two'] })
    expect(program).toMatchObject({ name: 'server-1', running: true, url: `http://127.0.0.1:${program.port}` })
    expect(await (await fetch(program.url)).text()).toBe(String(program.pid))
    expect(program.logs).toMatchObject([{ stream: 'stdout', text: `listening on ${program.port} one two` }])
    expect(program.logs[0]!.at).toBeGreaterThan(0)
    expect(await program.memory()).toBeGreaterThan(20 * 2 ** 20)
    expect(await program.stop()).toEqual({ code: 0, signal: null, forced: false })
    expect(program.logs.at(-1)).toMatchObject({ stream: 'stderr', text: 'bye' })
    expect(await program.memory()).toBe(0)
    expect(bed.learner.crashed()).toEqual([])
    expect(readFileSync(join(bed.evidence, 'server-1.log'), 'utf8')).toMatch(
      /^ +[\d.]+ stdout listening on .*\n +[\d.]+ stderr bye\n +[\d.]+ ------ exited with code 0\n$/,
    )
    expect(bed.events.map(event => event.label)).toEqual(
      expect.arrayContaining(['started', 'ready', 'SIGTERM', 'bye', 'exited with code 0']),
    )
  })

  test('the user it runs as is its own where that can be, else yours', async () => {
    const bed = testBed({ 'who.mjs': 'console.log(process.getuid(), process.getgid(), process.getgroups().join())' }, { isolation })
    const [uid, gid, groups] = (await bed.learner.run('who.mjs')).stdout.trim().split(' ')
    if (process.getuid?.() === 0 && isolation === 'best') {
      expect(Number(uid)).toBeGreaterThanOrEqual(40_000)
      expect([gid, groups]).toEqual([uid, uid])
    } else expect(Number(uid)).toBe(process.getuid?.())
    expect(await bed.end()).toEqual([])
  })

  test('N copies have ports and names of their own; one restarted keeps its own and its files', async () => {
    const state = join(bed.root, 'state')
    mkdirSync(state)
    const programs = await bed.learner.startMany(3, 'src/server.ts', index =>
      index === 0 ? { write: [state], env: { STATE: state } } : {},
    )
    expect(programs.map(program => program.name).sort()).toEqual(['server-1', 'server-2', 'server-3'])
    expect(new Set(programs.map(program => program.port)).size).toBe(3)
    const [first] = programs
    const again = await first!.restart()
    expect([again.name, again.port, again.pid === first!.pid, first!.running]).toEqual([first!.name, first!.port, false, false])
    expect(await (await fetch(again.url)).text()).toBe('2')
    const other = await bed.learner.start('src/server.ts', { write: [state], env: { STATE: state } })
    expect(await (await fetch(other.url)).text()).toBe('3')
  })

  test('a paused program answers nothing until it is resumed; kill -9 works on it too', async () => {
    const program = await bed.learner.start('src/server.ts')
    program.pause()
    await expect(fetch(program.url, { signal: AbortSignal.timeout(150) })).rejects.toThrow()
    program.resume()
    expect((await fetch(program.url)).status).toBe(200)
    program.pause()
    await program.kill()
    expect(await program.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const pauses = bed.events.filter(event => event.kind === 'fault' && event.label === 'paused')
    expect(pauses).toHaveLength(2)
    for (const pause of pauses) expect(pause.until).toBeGreaterThanOrEqual(pause.at)
  })

  test('a signal that is not an end does not wait for one', async () => {
    const program = await bed.learner.start('src/server.ts')
    await program.kill('SIGUSR2')
    await expect.poll(() => program.logs.at(-1)?.text).toBe('usr2')
    expect(program.running).toBe(true)
  })

  test('ready by a 2xx answer, by a log line, at once', async () => {
    const byHttp = await bed.learner.start('src/server.ts', { ready: { kind: 'http', path: '/health' } })
    expect((await fetch(`${byHttp.url}/health`)).status).toBe(200)
    const byLog = await bed.learner.start('src/server.ts', { ready: { kind: 'log', match: /^listening/g } })
    expect(byLog.logs).toHaveLength(1)
    const atOnce = await bed.learner.start('src/server.ts', { ready: { kind: 'none' } })
    expect(atOnce.logs).toEqual([])
  })

  test('an exit that nobody asked for is told, with its reason and place', async () => {
    const program = await bed.learner.start('src/server.ts')
    await fetch(`${program.url}/crash`).catch(() => {})
    expect(await program.exited).toEqual({ code: 1, signal: null })
    expect(bed.learner.crashed()).toEqual(['server-1 exited with code 1 during this KPI: TypeError: no such route at src/server.ts:8'])
  })

  test('packages of the repository can be imported', async () => {
    const packages = [
      'ioredis',
      'pg',
      'kafkajs',
      'bullmq',
      '@aws-sdk/client-s3',
      '@platformatic/kafka',
      'rate-limiter-flexible',
      'zod',
      'csv-parse',
    ]
    const bed = testBed(
      {
        'all.ts': `${packages.map((name, i) => `import * as p${i} from '${name}'`).join('\n')}\nconsole.log(${packages.map((_, i) => `typeof p${i}`)})`,
      },
      { isolation },
    )
    const run = await bed.learner.run('all.ts')
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe(`${packages.map(() => 'object').join(' ')}\n`)
    await bed.end()
  })

  test('a program run to its end: standard input, both outputs, exit code', async () => {
    const bed = testBed(
      {
        'echo.mjs':
          'let n = 0; for await (const c of process.stdin) n += c.length; console.log("bytes", n); console.error("done"); process.exitCode = 3',
      },
      { isolation },
    )
    const run = await bed.learner.run('echo.mjs', { stdin: 'x'.repeat(300_000) })
    expect(run).toMatchObject({ code: 3, signal: null, stdout: 'bytes 300000\n', stderr: 'done\n' })
    expect(run.durationMs).toBeGreaterThan(0)
    expect(bed.learner.crashed()).toEqual([])
    expect(await bed.end()).toEqual([])
  })

  test('not ready in time says what was awaited and what was printed', async () => {
    const feedback = await fault(
      bed.learner.start('src/server.ts', { ready: { kind: 'http', path: '/none/../crash2' }, readyWithin: 1, name: 'api' }),
    )
    expect(feedback).toMatchObject({
      code: 'MR-E-071',
      expected: expect.stringMatching(
        /^it answers GET \/none\/\.\.\/crash2 with 2xx on port ~\d+ of 127\.0\.0\.1 \(its PORT\) within 0\.001 s$/,
      ),
    })
    expect(feedback.saw).toMatch(/^api was running but not ready/)
  })

  test('what is no program is refused by name', async () => {
    for (const [entry, why] of [
      ['src/server.sh', 'is not a .ts, .js or .mjs file'],
      ['src/none.ts', 'does not exist'],
      ['../evidence/x.ts', 'is outside the lab folder'],
      ['/etc/passwd', 'is outside the lab folder'],
    ]) {
      expect(await fault(bed.learner.start(entry!))).toMatchObject({ code: 'MR-E-075', saw: `${entry} ${why}` })
    }
  })

  test('a file of the workspace is read as text, within limits', async () => {
    expect(await bed.learner.read('src/server.ts')).toBe(SERVER)
    symlinkSync('/etc/passwd', join(bed.workspace, 'link'))
    for (const path of ['nope.json', '../evidence', 'src', 'link'])
      expect(await fault(bed.learner.read(path)), path).toMatchObject({ code: 'MR-E-078' })
  })

  test('when one of N does not start, none is left running', async () => {
    const started = bed.learner.startMany(3, 'src/server.ts', index =>
      index === 1 ? { ready: { kind: 'log', match: /never/ }, readyWithin: 600 } : {},
    )
    expect(await fault(started)).toMatchObject({ code: 'MR-E-071' })
    expect(bed.learner.crashed()).toEqual([])
    for (const name of readdirSync(bed.evidence)) expect(readFileSync(join(bed.evidence, name), 'utf8')).toMatch(/SIGKILL\n$/)
  })

  test('a closed learner starts nothing more', async () => {
    await bed.learner.close()
    await expect(bed.learner.start('src/server.ts')).rejects.toThrow(/closed/)
    expect(existsSync(join(bed.evidence, 'server-1.log'))).toBe(false)
  })
})
