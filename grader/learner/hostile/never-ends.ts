// Listens, then never returns to the event loop.
import { createServer } from 'node:http'

createServer((_, response) => {
  response.end('bye')
  setImmediate(() => {
    for (;;);
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
