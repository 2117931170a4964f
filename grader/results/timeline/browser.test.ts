/** The page in a real browser, where one is installed; what needs none is tested in timeline.test.ts and page-parts.test.ts. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manyEvents, sampleEvents } from '../samples/events.ts'
import { mixed, passed, sampleKpi, sampleResults } from '../samples/results.ts'
// @ts-expect-error runs in the page, plain JavaScript
import { colorsInLane, pageWidth, placeOfLast, shapesAfter } from './browser-probes.js'
import { renderTimeline } from './index.ts'

const PLACES = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const executablePath = PLACES.find(path => path && existsSync(path))
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.runIf(executablePath)('in Chromium', () => {
  let browser: Browser
  let dir = ''
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-timeline-'))
    browser = await chromium.launch({ executablePath: executablePath!, args: QUIET })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(dir, { recursive: true })
  })

  /** Opens a page; every error, console message and request beyond the file itself is collected. */
  const open = async (html: string, size = { width: 1280, height: 800 }, colorScheme: 'light' | 'dark' = 'light') => {
    const file = join(dir, `${Math.random()}.html`)
    writeFileSync(file, html)
    const page = await browser.newPage({ viewport: size, colorScheme, reducedMotion: 'reduce' })
    const trouble: string[] = []
    page.on('pageerror', error => trouble.push(error.message))
    page.on('console', message => trouble.push(message.text()))
    page.on('request', request => request.url() === pathToFileURL(file).href || trouble.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    await page.waitForSelector('html[data-ready]')
    return { page, trouble }
  }
  const state = <T>(page: Page, read: string): Promise<T> => page.evaluate(`(timeline => ${read})(window.timeline)`) as Promise<T>
  it.each(['light', 'dark'] as const)('draws every lane, without errors and without a request (%s)', async scheme => {
    const { page, trouble } = await open(renderTimeline(mixed, sampleEvents()), undefined, scheme)
    const lanes = await state<string[]>(page, 'timeline.lanes.map(lane => lane.name)')
    expect(lanes).toEqual(['grader', 'server-1', 'server-2', 'server-3', 'server-4', 'valkey', 'nemesis'])
    for (const lane of lanes) expect(await page.evaluate(colorsInLane, lane), lane).toBeGreaterThan(3)
    expect(await page.title(), 'a log line that breaks out would change it').toBe('Lab 6.2 Rate limiter: timeline')
    expect(trouble).toEqual([])
    await page.close()
  })

  it('jumps to a KPI, shows its feedback, and comes back', async () => {
    const { page, trouble } = await open(renderTimeline(mixed, sampleEvents()))
    await page.click('.chapter:has-text("no-race") button')
    expect(await state<number[]>(page, '[timeline.view.from > 900, timeline.view.to < 1700]')).toEqual([true, true])
    expect(await page.textContent('.chapter:has-text("no-race") .feedback')).toContain('requests let through by 4 nodes together')
    expect(await page.isVisible('.chapter:has-text("bucket-refills") .feedback')).toBe(false)
    expect(await page.textContent('#details')).toContain('expected 50 let through, saw 53')
    await page.keyboard.press('0')
    expect(await state<boolean>(page, 'timeline.view.from < 0 && timeline.view.to > 3700')).toBe(true)
    expect(trouble).toEqual([])
    await page.close()
  })

  it('zooms with wheel and keys, pans by dragging, selects by clicking', async () => {
    const { page, trouble } = await open(renderTimeline(mixed, sampleEvents()))
    const span = () => state<number>(page, 'timeline.view.to - timeline.view.from')
    const box = (await page.locator('#canvas').boundingBox())!
    const whole = await span()
    await page.mouse.move(box.x + 700, box.y + 200)
    await page.mouse.wheel(0, -600)
    await expect.poll(span).toBeLessThan(whole * 0.7)
    const zoomed = await span()
    await page.keyboard.press('+')
    expect(await span()).toBeLessThan(zoomed)
    const from = await state<number>(page, 'timeline.view.from')
    await page.mouse.down()
    await page.mouse.move(box.x + 500, box.y + 200, { steps: 4 })
    await page.mouse.up()
    expect(await state<number>(page, 'timeline.view.from')).toBeGreaterThan(from)
    await page.keyboard.press('0')
    const target = (await page.evaluate(placeOfLast, 'nemesis')) as { x: number; y: number; label: string }
    await page.mouse.move(box.x + target.x, box.y + target.y)
    expect(await page.textContent('#tip')).toContain(target.label)
    await page.mouse.click(box.x + target.x, box.y + target.y)
    expect(await page.textContent('#details')).toContain('SIGKILL')
    expect(trouble).toEqual([])
    await page.close()
  })

  it('searches, filters and steps through events', async () => {
    const { page, trouble } = await open(renderTimeline(mixed, sampleEvents()))
    await page.keyboard.press('/')
    await page.keyboard.type('ECONNREFUSED')
    expect(await page.textContent('#found')).toMatch(/^\d+ of 336$/)
    expect(await page.locator('#near tr').allTextContents()).toEqual(expect.arrayContaining([expect.stringContaining('ECONNREFUSED')]))
    await page.keyboard.press('Escape')
    await page.click('#legend button:has-text("stderr")')
    expect(await page.locator('#near tr:has(.swatch.stderr)').count()).toBe(0)
    await page.keyboard.press('f')
    const first = await page.textContent('#details h2')
    await page.keyboard.press('f')
    expect(await page.textContent('#details h2')).not.toBe(first)
    expect(await page.textContent('#details')).toContain('failed')
    expect(trouble).toEqual([])
    await page.close()
  })

  it('fits a narrow window: nothing is wider than the page', async () => {
    for (const width of [380, 700, 1_000]) {
      const { page, trouble } = await open(renderTimeline(mixed, sampleEvents()), { width, height: 800 })
      expect(await page.evaluate(pageWidth), `${width}`).toBeLessThanOrEqual(width)
      expect(trouble).toEqual([])
      await page.close()
    }
  })

  it('opens a run without events', async () => {
    const { page, trouble } = await open(renderTimeline(passed, []))
    expect(await page.textContent('#details')).toContain('left no events')
    expect(trouble).toEqual([])
    await page.close()
  })

  it('paints 50,000 events without touching each: far fewer shapes than events, whole or zoomed in', async () => {
    const kpis = [1, 2, 3, 4, 5, 6].map(n => sampleKpi({ id: `kpi-${n}`, claim: 'holds', verdict: 'pass' }))
    const { page, trouble } = await open(renderTimeline(sampleResults(kpis), manyEvents(50_000)))
    const shapes = (key: string): Promise<number> => page.evaluate(shapesAfter, key)
    const whole = await shapes('-')
    expect(whole).toBeGreaterThan(1_000)
    expect(whole).toBeLessThan(50_000)
    for (let i = 0; i < 18; i++) await shapes('+')
    expect(await shapes('+')).toBeLessThan(2_000)
    expect(trouble).toEqual([])
    await page.close()
  })
})
