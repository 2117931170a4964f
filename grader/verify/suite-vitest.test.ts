import { expect, test } from 'vitest'
import { countsOf, switches, type VitestReport } from './suite-vitest.ts'

const report = (...testResults: VitestReport['testResults']): VitestReport => ({
  numPassedTests: 3,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults,
})
const passed = { name: '/r/a.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed', fullName: 'fine' }] }

test('a failed test is named with its file and its message, without the places it came through', () => {
  const failureMessages = ['AssertionError: expected 1 to be 2\n    at /r/b.test.ts:3:1\n    at run (node:internal)']
  const counts = countsOf(
    '/r',
    report(passed, {
      name: '/r/b.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'failed', fullName: 'b adds', failureMessages },
        { status: 'passed', fullName: 'b else' },
      ],
    }),
    1,
  )
  expect(counts).toEqual({ passed: 3, failed: 1, skipped: 2, failures: ['b.test.ts > b adds: AssertionError: expected 1 to be 2'] })
})

test('a file that breaks before its tests run is one failure; one with skipped tests and a broken hook as well', () => {
  const broken = { name: '/r/c.test.ts', status: 'failed', message: 'Hook timed out\nin 30 s', assertionResults: [] }
  const hook = { ...broken, name: '/r/d.test.ts', assertionResults: [{ status: 'skipped', fullName: 'd' }] }
  expect(countsOf('/r', report(broken, hook), 1)).toMatchObject({
    failed: 2,
    failures: ['c.test.ts: Hook timed out · in 30 s', 'd.test.ts: Hook timed out · in 30 s'],
  })
})

test('an error outside of every test is a failure too', () => {
  expect(countsOf('/r', report(passed), 1)).toMatchObject({ failed: 1, failures: [expect.stringContaining('no test failed')] })
  expect(countsOf('/r', report(passed), 0)).toEqual({ passed: 3, failed: 0, skipped: 2 })
})

test('what decides an outcome is in the key, what only differs from run to run is not', () => {
  const env = {
    MILLRACE_DOCKERD_PID_FILE: '/a/b',
    MILLRACE_CACHE: '/c',
    HOME: '/d',
    PEERS: 'minio',
    MILLRACE_REAL_KAFKA: '1',
    MILLRACE_SOAK: '50',
  }
  expect(switches(env).map(([name]) => name)).toEqual(['MILLRACE_REAL_KAFKA', 'MILLRACE_SOAK', 'PEERS'])
})
