import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FILE_BYTES, SCRATCH_BYTES } from './limits.ts'
import { accepts } from './ready.ts'
import { HOSTILE, ISOLATIONS, REPOSITORY, type TestBed, testBed } from './testing.ts'

const got = (text: string) => text.split('\n').filter(line => line.startsWith('GOT'))

test('each hostile program says in its first line what it tries', () => {
  for (const name of readdirSync(HOSTILE)) expect(readFileSync(join(HOSTILE, name), 'utf8'), name).toMatch(/^\/\/ [A-Z].{15,}\.\n/)
})

describe.each(ISOLATIONS)('held back (%s isolation)', isolation => {
  let bed: TestBed
  beforeEach(() => {
    bed = testBed({}, { isolation })
  })
  afterEach(async () => {
    expect(await bed.end(), 'left behind').toEqual([])
  })

  test('one that forges results.json', async () => {
    const target = join(bed.evidence, 'results.json')
    writeFileSync(target, '{"honest":true}')
    const before = statSync(target)
    const program = readFileSync(join(bed.workspace, 'hostile/forges-results.ts'), 'utf8')
    const run = await bed.learner.run('hostile/forges-results.ts', { env: { TARGET: target } })
    expect(run.stdout, run.stderr).toMatch(/^NO edit its own program/m)
    expect(got(run.stdout)).toEqual([])
    expect(readFileSync(target, 'utf8')).toBe('{"honest":true}')
    expect([statSync(target).mode, statSync(target).mtimeMs]).toEqual([before.mode, before.mtimeMs])
    expect(readFileSync(join(bed.workspace, 'hostile/forges-results.ts'), 'utf8')).toBe(program)
    expect(readdirSync(bed.evidence).sort()).toEqual(['forges-results-1.log', 'results.json'])
  })

  test('one that reads the grader, the solutions, the machine and other processes', async () => {
    const secret = join(bed.root, 'secret.json')
    writeFileSync(secret, '{"secret":1}', { mode: 0o644 })
    const paths = [
      secret,
      join(REPOSITORY, 'grader/learner/index.ts'),
      join(REPOSITORY, 'solutions/README.md'),
      join(REPOSITORY, 'package.json'),
      '/etc/passwd',
      `/proc/${process.pid}/environ`,
      '/proc/self/environ',
      '/proc/self/cmdline',
    ]
    const run = await bed.learner.run('hostile/reads-secrets.ts', { env: { PATHS: JSON.stringify(paths) } })
    expect(run.stdout, run.stderr).toMatch(/^NO package\.json of the grader/m)
    expect(got(run.stdout)).toEqual([])
  })

  test('one that spawns children, threads and other programs', async () => {
    const run = await bed.learner.run('hostile/spawns-children.ts', { withinMs: 20_000 })
    expect(run.stdout, run.stderr).toMatch(/^NO execve/m)
    expect(got(run.stdout)).toEqual([])
  })

  test('one that kills its parent, a neighbour, everybody', async () => {
    const victim = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    try {
      const neighbour = await bed.learner.start('hostile/ignores-sigterm.ts')
      const run = await bed.learner.run('hostile/kills-others.ts', { env: { VICTIM: String(victim.pid) } })
      const second = await bed.learner.run('hostile/kills-others.ts', { env: { VICTIM: String(neighbour.pid) } })
      for (const { stdout, stderr } of [run, second]) {
        expect(stdout, stderr).toMatch(/^DONE/m)
        expect(got(stdout)).toEqual([])
      }
      expect([victim.exitCode, victim.signalCode]).toEqual([null, null])
      expect(neighbour.running).toBe(true)
    } finally {
      victim.kill('SIGKILL')
    }
  })

  test('one that tries the doors past the permission model', async () => {
    const socket = join(bed.root, 'service.sock')
    let reached = 0
    const server = createServer(peer => {
      reached++
      peer.on('error', () => {}).end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    }).listen(socket)
    try {
      const run = await bed.learner.run('hostile/tricks.ts', { env: { SOCKET: socket } })
      expect(run.stdout, run.stderr).toMatch(/^DONE/m)
      expect(got(run.stdout)).toEqual([])
      expect(reached, 'connections to a UNIX socket').toBe(0)
    } finally {
      server.close()
    }
  })

  test('one that looks into the environment', async () => {
    process.env['MILLRACE_TEST_SECRET'] = 'grader only'
    const run = await bed.learner.run('hostile/env-tricks.ts', { env: { LAB_LIMIT: '5' } })
    delete process.env['MILLRACE_TEST_SECRET']
    const seen = JSON.parse(run.stdout) as { env: Record<string, string>; argv: string[] }
    const own = ['HOME', 'LAB_LIMIT', 'LANG', 'MILLRACE_RUN', 'NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'PATH', 'TMPDIR', 'TZ']
    // A shell may add these of its own accord.
    expect(
      Object.keys(seen.env)
        .filter(name => !['PWD', 'OLDPWD', 'SHLVL', '_', '__CF_USER_TEXT_ENCODING'].includes(name))
        .sort(),
    ).toEqual(own)
    await expect(bed.learner.run('hostile/env-tricks.ts', { env: { NODE_OPTIONS: '--inspect' } })).rejects.toThrow(/NODE_OPTIONS/)
    await expect(bed.learner.run('hostile/env-tricks.ts', { env: { LD_PRELOAD: '/x.so' } })).rejects.toThrow(/LD_PRELOAD/)
  })

  test('symbolic links out of the workspace', async () => {
    for (const [name, to] of [
      ['direct', '/etc/passwd'],
      ['dangling', '/nonexistent/file'],
      ['upwards', '../../evidence'],
    ] as const) {
      const other = testBed({}, { isolation })
      mkdirSync(join(other.workspace, 'deep'))
      symlinkSync(to, join(other.workspace, 'deep', name))
      await expect(other.learner.run('hostile/exits-at-once.ts')).rejects.toMatchObject({
        name: 'LearnerFault',
        feedback: { code: 'MR-E-079', lookAt: `deep/${name}` },
      })
      await other.end()
    }
  })

  test('a node_modules of its own', async () => {
    symlinkSync('/', join(bed.workspace, 'node_modules'))
    await expect(bed.learner.run('hostile/exits-at-once.ts')).rejects.toMatchObject({
      feedback: { code: 'MR-E-079', lookAt: 'node_modules' },
    })
  })
})

describe('limited', () => {
  let bed: TestBed
  beforeEach(() => {
    bed = testBed()
  })
  afterEach(async () => {
    expect(await bed.end(), 'left behind').toEqual([])
  })

  test.each(['eats-heap', 'eats-buffers'])('%s ends at its memory limit, which is named', async name => {
    const run = await bed.learner.run(`hostile/${name}.ts`, { limits: { memoryMb: 64 } })
    expect(run.limit, run.stderr).toBe('it needed more than the 64 MB of memory that this program may use')
    expect(run.code === 0).toBe(false)
    await expect(bed.learner.start(`hostile/${name}.ts`, { limits: { memoryMb: 64 } })).rejects.toMatchObject({
      feedback: { code: 'MR-E-072' },
    })
  })

  test('memory outside the heap: as much as the limit says can be had, three times that cannot, whatever is caught', async () => {
    const limits = { memoryMb: 128 }
    const modest = await bed.learner.start('hostile/holds-buffers.ts', { limits, env: { AMOUNT: '104' } })
    expect(await (await fetch(modest.url)).text()).toBe('104')
    expect(await modest.memory()).toBeGreaterThan(104 * 2 ** 20)
    const greedy = await bed.learner.start('hostile/holds-buffers.ts', { limits, env: { AMOUNT: '384' } }).catch(error => error)
    if (greedy instanceof Error) expect(greedy).toMatchObject({ feedback: { code: 'MR-E-072' } })
    else expect(Number(await (await fetch(greedy.url)).text())).toBeLessThan(256)
  })

  test('a synchronous endless loop ends at its deadline, in a server and in a run', async () => {
    await expect(bed.learner.run('hostile/loops-at-once.ts', { withinMs: 500 })).rejects.toMatchObject({ feedback: { code: 'MR-E-077' } })
    await expect(bed.learner.start('hostile/loops-at-once.ts', { readyWithin: 3000 })).rejects.toMatchObject({
      feedback: { code: 'MR-E-071', details: ['loops-at-once-2 printed:', '  starting'] },
    })
    const server = await bed.learner.start('hostile/never-ends.ts')
    await fetch(server.url)
    expect(await server.stop(200)).toMatchObject({ signal: 'SIGTERM' })
  })

  test.each(['loops-at-once', 'catches-sigxcpu'])('%s ends at its CPU limit, which is named', async name => {
    const run = await bed.learner.run(`hostile/${name}.ts`, { limits: { cpuSeconds: 1 }, withinMs: 25_000 })
    expect(run.limit, JSON.stringify(run)).toBe('it used up its 1 s of CPU time')
  })

  test.each(['floods-log', 'floods-one-line'])('%s ends at its output limit; the log keeps within it', async name => {
    const run = await bed.learner.run(`hostile/${name}.ts`, { limits: { outputBytes: 1024 * 1024 } })
    expect(run.limit).toBe('it printed more than 1 MB')
    expect(run.stdout.length + run.stderr.length).toBeLessThan(1.3 * 2 ** 20)
    expect(statSync(join(bed.evidence, `${name}-1.log`)).size).toBeLessThan(2 * 2 ** 20)
    expect(bed.events.filter(event => event.kind === 'log').length).toBeLessThanOrEqual(300)
    for (const line of run.stderr.split('\n')) expect(line.length).toBeLessThan(4200)
  })

  test('one that prints without letting it drain ends at its memory limit', async () => {
    const run = await bed.learner.run('hostile/floods-at-once.ts', { limits: { memoryMb: 64 } })
    expect(run.limit).toMatch(/64 MB of memory|printed more than/)
  })

  test('one that fills the disk ends, and its files are gone', async () => {
    const run = await bed.learner.run('hostile/fills-disk.ts')
    expect(run.stdout).toContain('one file: EFBIG')
    expect(run.limit).toBe(`it wrote more than ${SCRATCH_BYTES / 2 ** 20} MB to disk`)
    expect(FILE_BYTES).toBeLessThan(SCRATCH_BYTES)
  })

  test('one that opens all files gets as many as its limit', async () => {
    const run = await bed.learner.run('hostile/opens-files.ts', { limits: { openFiles: 100 } })
    const [, opened, code] = /OPENED (\d+): (\w+)/.exec(run.stdout) ?? []
    expect(code, run.stderr).toBe('EMFILE')
    expect(Number(opened)).toBeLessThan(100)
  })

  test('one that ignores SIGTERM is killed, and the exit says so', async () => {
    const program = await bed.learner.start('hostile/ignores-sigterm.ts')
    expect(await program.stop(300)).toEqual({ code: null, signal: 'SIGKILL', forced: true })
  })

  test('printing what the grader wants makes nothing ready', async () => {
    await expect(bed.learner.start('hostile/prints-verdict.ts', { readyWithin: 800 })).rejects.toMatchObject({
      feedback: { code: 'MR-E-071' },
    })
  })

  test('exiting with code 0 at once is a fault, not success', async () => {
    await expect(bed.learner.start('hostile/exits-at-once.ts')).rejects.toMatchObject({
      feedback: { code: 'MR-E-070', saw: expect.stringMatching(/^exits-at-once-1 exited with code 0 after ~\d+ ms, before it was ready$/) },
    })
  })

  test('one that closes its socket after it was ready is seen as not accepting, and ends with the rest', async () => {
    const program = await bed.learner.start('hostile/closes-socket.ts')
    await expect(fetch(program.url)).rejects.toThrow()
    await expect.poll(() => accepts(program.port)).toBe(false)
    expect(program.running).toBe(true)
  })

  test("one that sits on another's port is the learner's own fault, not a ready server", async () => {
    const first = await bed.learner.start('hostile/ignores-sigterm.ts')
    const { port } = first
    await first.kill()
    await bed.learner.start('hostile/takes-port.ts', { env: { OTHER_PORTS: String(port) }, name: 'impostor' })
    await expect(first.restart()).rejects.toMatchObject({ name: 'LearnerFault', feedback: { code: 'MR-E-081' } })
  })

  test.runIf(existsSync('/proc/net/tcp'))("somebody else's answer on its port makes no program ready", async () => {
    const strangers: Server[] = []
    const watched = testBed(
      {},
      {
        onEvent: event => {
          const port = /^listening on (\d+)$/.exec(event.label)?.[1]
          if (port) strangers.push(createServer().listen(Number(port), '127.0.0.1'))
        },
      },
    )
    await expect(watched.learner.start('hostile/prints-verdict.ts', { readyWithin: 3000 })).rejects.toMatchObject({
      feedback: { code: 'MR-E-071', saw: 'prints-verdict-1 was running but not ready: it does not listen there: another program does' },
    })
    expect(strangers).toHaveLength(1)
    strangers[0]!.close()
    expect(await watched.end()).toEqual([])
  })

  test('listening twice on its own port is its own fault', async () => {
    await expect(
      bed.learner.start('hostile/takes-port.ts', { ready: { kind: 'log', match: /never/ }, args: ['twice'] }),
    ).rejects.toMatchObject({
      name: 'LearnerFault',
      feedback: { code: 'MR-E-070', saw: expect.stringContaining('EADDRINUSE') },
    })
  })

  test("a stranger on a program's port is the machine's fault, not the learner's", async () => {
    const first = await bed.learner.start('hostile/ignores-sigterm.ts')
    await first.kill()
    const stranger = createServer().listen(first.port, '127.0.0.1')
    await expect(first.restart()).rejects.toMatchObject({ name: 'EnvironmentFault' })
    stranger.close()
  })

  test('where the kernel does not limit memory, the grader ends the program', async () => {
    const watched = testBed({}, { memoryBy: 'watch' })
    const run = await watched.learner.run('hostile/eats-buffers-slowly.ts', { limits: { memoryMb: 64 } })
    expect(run).toMatchObject({ signal: 'SIGKILL', limit: 'it needed more than the 64 MB of memory that this program may use' })
    expect(await watched.end()).toEqual([])
  })

  test('nothing of it is in the folder for temporary files', () => {
    expect(existsSync('/tmp/millrace-hostile.heapsnapshot')).toBe(false)
  })
})
