// Listens on its own port and on those of others (OTHER_PORTS), to answer in their place.
import { createServer } from 'node:http'

for (const port of [process.env.PORT, ...(process.env.OTHER_PORTS?.split(',') ?? [])]) {
  createServer((_, response) => response.end('impostor'))
    .on('error', error => console.log(error.message))
    .listen(Number(port), '127.0.0.1')
}
