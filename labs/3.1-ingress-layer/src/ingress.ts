/** The ingress: HTTP and files in, Avro on Kafka out. Yours: this file, and what you add beside it. */
import { createServer } from 'node:http'
import { readConfig } from './config.ts'

const config = readConfig(process.env)

createServer((request, response) => {
  request.resume()
  response.statusCode = request.url === '/ready' ? 200 : 501
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ error: 'src/ingress.ts takes nothing in yet' }))
}).listen(config.port)
