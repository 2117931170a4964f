/** A client over TCP. */
import type { Socket } from 'node:net'
import { encodeFrame, FrameDecoder } from './framing.ts'
import { outgoing, ProtocolError } from './protocol.ts'
import type { Config, Transport, TransportEvents } from './types.ts'

/** Tell a socket that was not admitted when to come back, and close it. */
export function refuseSocket(socket: Socket, retryInMs: number): void {
  socket.write(encodeFrame(outgoing({ t: 'error', code: 'busy', fatal: true, retryInMs }).text))
  // Step 2: does the peer get to read this?
  socket.destroy()
}

/** Begins to read; what happens is told to `events`. */
export function tcpTransport(socket: Socket, config: Config, events: TransportEvents): Transport {
  const decoder = new FrameDecoder(config.maxFrameBytes)
  let open = true
  socket.on('data', chunk => {
    events.heard()
    try {
      for (const payload of decoder.feed(chunk)) {
        events.payload(payload)
        if (!open) return
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      events.broken(error.code === 'frame_too_large' ? 'frame_too_large' : 'bad_frame')
    }
  })
  socket.once('close', () => {
    open = false
    events.closed()
  })
  socket.resume()
  return {
    send: frame => void (open && socket.write((frame.tcp ??= encodeFrame(frame.text)))),
    get waiting() {
      return socket.writableLength
    },
    pause: () => void socket.pause(),
    resume: () => void (open && socket.resume()),
    end() {
      open = false
      // Step 2: does the peer get to read what was written just before? (PROTOCOL.md, section 7)
      socket.destroy()
    },
    destroy() {
      open = false
      socket.destroy()
    },
  }
}
