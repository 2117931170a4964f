// Stays when asked to go.
import { createServer } from 'node:http'

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => console.log(`${signal}? no`))
createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1')
