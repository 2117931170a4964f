/**
 * The status page: every hop from the database to the lake, asked once a second while somebody looks.
 * env: the addresses of all parts (those of parts that were left out are missing), PORT · GET / (page), GET /status.json, POST /smoke
 */
import { readFileSync } from 'node:fs'
import { say } from './environment.ts'
import { jsonBody, serve } from './http.ts'
import { HOPS, type Hop } from './status/hops.ts'

const page = readFileSync(new URL('status/page.html', import.meta.url), 'utf8')
const WITHIN = 3_000
const FRESH = 700

/** One hop's answer; an outage is an answer, too. */
async function look({ id, title, ask }: (typeof HOPS)[number]): Promise<Hop> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN / 1000} s`)), WITHIN)
  })
  try {
    return { id, title, ok: true, figures: await Promise.race([ask!(), late]) }
  } catch (error) {
    return { id, title, ok: false, figures: {}, trouble: (error as Error).message || String(error) }
  } finally {
    clearTimeout(timer)
  }
}

let asked: { at: number; hops: Promise<Hop[]> } | undefined
function hops(): Promise<Hop[]> {
  if (!asked || performance.now() - asked.at > FRESH)
    asked = { at: performance.now(), hops: Promise.all(HOPS.filter(({ ask }) => ask !== undefined).map(look)) }
  return asked.hops
}

let smoke: unknown = null
const HTML = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'self' 'unsafe-inline'; img-src data:" }
serve(async (request, url) => {
  if (url.pathname === '/') return { status: 200, body: page, headers: HTML }
  if (url.pathname === '/status.json') return { status: 200, body: { at: new Date().toISOString(), hops: await hops(), smoke } }
  if (url.pathname === '/smoke' && request.method === 'POST') {
    smoke = await jsonBody(request)
    return { status: 200, body: {} }
  }
  return undefined
})
say('ready')
