/** The booking API. Given; what it needs to know comes from settings.ts, which is yours. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Bookings } from './bookings.ts'
import { log, setLevel } from './log.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(process.env)
setLevel(settings.logLevel)
const bookings = new Bookings(settings.database)
/** Written at build time by sign.ts. */
const version = JSON.parse(readFileSync('/app/build.json', 'utf8')) as { release: string; signature: string }

type Answer = [status: number, body: unknown]

async function answer(request: IncomingMessage): Promise<Answer> {
  const { environment, depot, logLevel } = settings
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      await bookings.ping()
      return [200, { status: 'ok' }]
    case 'GET /settings':
      return [200, { environment, depot, logLevel }]
    case 'GET /version':
      return [200, version]
    case 'GET /bookings':
      return [200, await bookings.all()]
    case 'POST /bookings': {
      const { shipment } = JSON.parse(await bodyOf(request)) as { shipment?: unknown }
      if (typeof shipment !== 'string' || shipment === '') return [400, { error: 'shipment must be a text' }]
      return [201, await bookings.add(shipment)]
    }
    default:
      return [404, { error: 'not found' }]
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 10_000) throw new SyntaxError('too long')
  }
  return text
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const server = createServer((request, response) => {
  log('debug', 'request', { method: request.method, url: request.url })
  answer(request).then(
    result => send(response, result),
    (error: Error) => {
      if (error instanceof SyntaxError) return send(response, [400, { error: 'the body is not JSON' }])
      log('error', 'database', { message: error.message })
      send(response, [503, { error: 'the database does not answer' }])
    },
  )
})
server.listen(8080, () => log('info', 'listening', { environment: settings.environment, depot: settings.depot, release: version.release }))

process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void bookings.end()
})
