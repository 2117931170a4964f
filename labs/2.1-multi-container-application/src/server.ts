/** The vehicle API. Given; where vehicles come from is vehicles.ts, which is yours. */
import { createServer, type IncomingMessage } from 'node:http'
import { openVehicles } from './vehicles.ts'

const vehicles = openVehicles(process.env)

type Answer = [status: number, body: unknown, from?: string]

async function answer(request: IncomingMessage): Promise<Answer> {
  const { method, url = '' } = request
  if (method === 'GET' && url === '/health') return [200, { status: 'ok' }]
  const id = /^\/vehicles\/([\w-]{1,40})$/.exec(url)?.[1]
  if (!id) return [404, { error: 'not found' }]
  if (method === 'GET') {
    const found = await vehicles.find(id)
    return found ? [200, found.vehicle, found.from] : [404, { error: 'no such vehicle' }]
  }
  if (method !== 'PUT') return [405, { error: 'GET or PUT' }]
  let text = ''
  for await (const chunk of request) text += chunk
  const { plate, payload_kg } = JSON.parse(text) as Record<string, unknown>
  if (typeof plate !== 'string' || typeof payload_kg !== 'number') return [400, { error: 'plate is a text, payload_kg a number' }]
  return (await vehicles.change({ id, plate, payload_kg })) ? [200, { id, plate, payload_kg }] : [404, { error: 'no such vehicle' }]
}

const server = createServer(async (request, response) => {
  const [status, body, from] = await answer(request).catch((error: Error): Answer => {
    if (error instanceof SyntaxError) return [400, { error: 'the body is not JSON' }]
    // A name with several addresses fails once for each of them, and says nothing itself.
    const reason = error instanceof AggregateError ? error.errors.map(({ message }) => message).join('; ') : error.message
    console.error(reason)
    return [503, { error: reason }]
  })
  response.writeHead(status, { 'content-type': 'application/json', ...(from ? { from } : {}) }).end(JSON.stringify(body))
})
server.listen(8080, () => console.log('listening on 8080'))
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
