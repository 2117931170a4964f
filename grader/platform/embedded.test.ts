/** The embedded platform: a marked change passes every hop, also after parts were killed; the page shows the hops; nothing stays. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../course/root.ts'
import { eventually } from '../kpi/eventually.ts'
import { type Platform, startEmbeddedPlatform } from './embedded.ts'
import { extrasOf } from './names.ts'
import { smoke } from './smoke/index.ts'
import { findState } from './state.ts'

const root = repositoryRoot()
const dir = mkdtempSync(join(tmpdir(), 'millrace-platform-'))
let platform: Platform
const trouble: string[] = []

beforeAll(async () => {
  process.env['MILLRACE_PLATFORM'] = dir
  platform = await startEmbeddedPlatform({
    root,
    extras: extrasOf('all', 'embedded'),
    from: 'solutions',
    onTrouble: text => trouble.push(text),
  })
}, 120_000)
afterAll(async () => {
  await platform?.close()
  delete process.env['MILLRACE_PLATFORM']
  rmSync(dir, { recursive: true, force: true })
}, 60_000)

const HOPS = [
  'shipment in Kafka',
  'readings in Kafka',
  'alert in Kafka',
  'alert in PostgreSQL',
  'alert in the dispatch chat',
  'shipment in Delta',
  '3 readings in Delta',
  'alert in Delta',
  'shipment at the partner API, then its limit',
  'compaction by the scheduler',
  'the same rows after compaction',
  'delete in Delta, after its commit',
]

test('a marked change passes every hop, and its state says how to reach it', async () => {
  const seen: string[] = []
  const report = await smoke(platform.state, { onHop: ({ hop }) => seen.push(hop) })
  expect(report.hops.map(({ hop }) => hop)).toEqual(HOPS)
  expect(seen).toEqual(HOPS)
  expect(findState(root)).toEqual(platform.state)
  expect(statSync(join(dir, 'state.json')).mode & 0o077, 'it holds secrets').toBe(0)
}, 120_000)

test('killed programs come back, and the next change passes every hop again', async () => {
  for (const part of ['rules', 'shipments', 'lake', 'dispatch', 'partner-api']) await platform.kill(part)
  const report = await smoke(platform.state)
  expect(report.hops.map(({ hop }) => hop)).toEqual(HOPS)
  expect(trouble.map(text => text.split(' ')[0]).sort()).toEqual(['dispatch', 'lake', 'partner-api', 'rules', 'shipments'])
}, 180_000)

test('the course says which parts are its own', () => {
  const whose = Object.fromEntries(platform.state.parts.map(part => [part.name, part.whose]))
  expect(whose).toMatchObject({
    kafka: "the course's own (lab 8.3)",
    'object-store': "the course's own (lab 8.7)",
    chat: 'solution of lab 6.3',
  })
  expect(whose['postgres']).toMatch(/^PostgreSQL \d+/)
})

test('its secrets are nowhere in the logs', () => {
  const { databaseUrl, s3, chat } = platform.state.access
  const secrets = [new URL(databaseUrl).password, s3.secretKey, chat!.secret]
  for (const name of ['rules', 'lake', 'dispatch', 'status', 'pipeline', 'database']) {
    const log = readFileSync(join(platform.state.logs, `${name}.log`), 'utf8')
    for (const secret of secrets) expect(log.includes(secret), name).toBe(false)
  }
})

const chrome = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(path => path && existsSync(path))
describe.runIf(chrome)('the status page, in Chromium', () => {
  test('shows every hop and the last smoke run, live', async () => {
    const browser = await chromium.launch({ executablePath: chrome!, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
    try {
      const page = await browser.newPage({ viewport: { width: 1180, height: 900 } })
      const errors: string[] = []
      page.on('pageerror', error => errors.push(error.message))
      page.on('console', message => errors.push(message.text()))
      await page.goto(platform.state.access.status)
      await page.waitForSelector('html[data-ready]')
      await eventually('all hops up', async () => (await page.textContent('#when'))?.includes('all 10 hops up'), { within: 20_000 })
      expect(await page.locator('#hops h2').allTextContents()).toContain('PostgreSQLup')
      const told = () => page.textContent('[data-hop=chat] dd')
      const before = Number(await told())
      const { marker } = await smoke(platform.state)
      await eventually('one more alert told', async () => Number(await told()) > before, { within: 20_000 })
      await eventually('the run on the page', async () => (await page.textContent('#marker'))?.includes(marker), { within: 20_000 })
      expect(await page.locator('#smoke tbody tr').count()).toBe(HOPS.length)
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  }, 120_000)
})
