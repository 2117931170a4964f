/** One node of the chat. Wires your parts together; given: not yours to change. */
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { Admission } from './admission.ts'
import { Chat } from './chat.ts'
import { readConfig } from './config.ts'
import { drain } from './drain.ts'
import { startHeartbeat } from './heartbeat.ts'
import { Hub } from './hub.ts'
import { createMetrics } from './metrics.ts'
import { Presence } from './presence.ts'
import { Store } from './store.ts'
import { refuseSocket, tcpTransport } from './tcp.ts'
import { acceptWebSocket } from './websocket.ts'

const config = readConfig(process.env)
const metrics = createMetrics()
const store = new Store(config)
const hub = new Hub(store, metrics)
const presence = new Presence(store, config)
const chat = new Chat({ config, metrics, store, hub, presence })
const admission = new Admission(config, () => chat.connections.size)
const stopHeartbeat = startHeartbeat(chat.connections, config)

metrics.connections = () => chat.connections.size
metrics.acceptQueue = () => admission.waiting
metrics.outboxBytes = () => [...chat.connections].reduce((sum, connection) => sum + connection.waiting, 0)
metrics.storeUp = () => store.up

/** Nothing is read from a socket until it is admitted. */
const tcp = createServer({ pauseOnConnect: true, noDelay: true }, socket => {
  socket.on('error', () => {}) // 'close' follows
  const giveUp = admission.enter({
    admit: () => void chat.accept(events => tcpTransport(socket, config, events)),
    refuse: retryInMs => {
      metrics.refused()
      refuseSocket(socket, retryInMs)
    },
  })
  socket.once('close', giveUp)
})

const http = createHttpServer((request, response) => {
  if (request.url === '/metrics')
    return void response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(metrics.render())
  if (request.url === '/ready') return void response.writeHead(store.up && tcp.listening ? 200 : 503).end()
  response.writeHead(404).end()
})
http.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {})
  if (request.url !== '/ws') return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
  const giveUp = admission.enter({
    admit: () => acceptWebSocket(request, socket, head, config, chat),
    refuse: () => {
      metrics.refused()
      socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n')
    },
  })
  socket.once('close', giveUp)
})

let draining = false
const shutDown = async (): Promise<void> => {
  if (draining) return
  draining = true
  console.log('draining')
  await drain({ tcp, http, admission, chat, presence, store, config })
  stopHeartbeat()
  console.log('drained')
  process.exit(0)
}
process.on('SIGTERM', () => void shutDown())
process.on('SIGINT', () => void shutDown())
process.on('unhandledRejection', error => console.error('unhandled:', error))

http.listen(config.httpPort, () =>
  tcp.listen({ port: config.port, backlog: 4096 }, () =>
    console.log(`${config.node} listens on ${config.port}, http on ${config.httpPort}`),
  ),
)
