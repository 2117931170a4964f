// Listens on its own port and on those of others (OTHER_PORTS), to answer in their place.
import { once } from 'node:events'
import { createServer } from 'node:http'

for (const port of [...(process.env.OTHER_PORTS?.split(',') ?? []), process.env.PORT]) {
  const server = createServer((_, response) => response.end('impostor')).listen(Number(port), '127.0.0.1')
  await once(server, 'listening')
}
