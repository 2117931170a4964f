// Listens on its own port (twice, when told so) and on those of others (OTHER_PORTS), to answer in their place.
import { once } from 'node:events'
import { createServer } from 'node:http'

const own = process.argv[2] === 'twice' ? [process.env.PORT, process.env.PORT] : [process.env.PORT]
for (const port of [...(process.env.OTHER_PORTS?.split(',') ?? []), ...own]) {
  const server = createServer((_, response) => response.end('impostor')).listen(Number(port), '127.0.0.1')
  await once(server, 'listening')
}
