/** The booking API. Given; how it bears failures is store.ts, which is yours. */
import { createServer, type IncomingMessage } from 'node:http'
import { type BookingStore, OutcomeUnknown, Unavailable } from './contract.ts'
import { log } from './log.ts'
import { openStore } from './store.ts'

const store: BookingStore = await openStore(process.env)

type Answer = [status: number, body: unknown]

async function answer(request: IncomingMessage): Promise<Answer> {
  const { method, url = '' } = request
  // Alive is one thing, all well is another: a healthcheck that asks for the database ends a program that still serves its cache.
  if (method === 'GET' && url === '/health') return [200, { status: store.down().length > 0 ? 'degraded' : 'ok', down: store.down() }]
  if (method === 'GET' && url.startsWith('/bookings/')) {
    const found = await store.find(decodeURIComponent(url.slice('/bookings/'.length)))
    return found ? [200, found] : [404, { error: 'no such booking' }]
  }
  if (method !== 'POST' || url !== '/bookings') return [404, { error: 'not found' }]
  let text = ''
  for await (const chunk of request) text += chunk
  const { id, shipment } = JSON.parse(text) as Record<string, unknown>
  if (typeof id !== 'string' || typeof shipment !== 'string') return [400, { error: 'id and shipment must be texts' }]
  await store.book({ id, shipment })
  return [201, { id, shipment }]
}

function answerTo(error: Error): Answer {
  if (error instanceof SyntaxError) return [400, { error: 'the body is not JSON' }]
  if (error instanceof Unavailable) return [503, { error: error.message }]
  if (error instanceof OutcomeUnknown) return [504, { error: error.message }]
  log('error', 'unexpected', { message: error.message })
  return [500, { error: 'unexpected' }]
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch(answerTo)
  const down = store.down()
  response.writeHead(status, { 'content-type': 'application/json', ...(down.length > 0 ? { degraded: down.join(', ') } : {}) })
  response.end(JSON.stringify(body))
})
server.listen(8080, () => log('info', 'listening'))
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
