// Gets ready, then closes its listening socket at the first request and lives on.
import { createServer } from 'node:net'

const server = createServer(socket => {
  socket
    .on('error', () => {})
    .on('data', () => {
      socket.destroy()
      server.close()
    })
}).listen(Number(process.env.PORT), '127.0.0.1')
setInterval(() => {}, 1000)
