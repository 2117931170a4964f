/** Many small GET requests, as fast as the servers take them: raw keep-alive connections with pipelining (RFC 9112 section 9.3.2). */
import { Socket } from 'node:net'

export interface BurstTarget {
  /** Name for the result, e.g. the node's. */
  name: string
  port: number
}

export interface BurstRequest {
  path: string
  headers: Record<string, string>
  /** Comes back with the reply. */
  tag: string
}

export interface BurstReply {
  tag: string
  node: string
  status: number
  /** Milliseconds from sending to the complete reply. */
  took: number
}

export interface BurstResult {
  replies: BurstReply[]
  /** Requests without a reply: the connection broke or was silent. */
  failed: number
}

export interface BurstOptions {
  /** Connections to each target, default 4. */
  connections?: number
  /** Requests under way on one connection, default 16. */
  depth?: number
  /** Milliseconds without any byte after which a connection's open requests have failed. Default 8,000. */
  patience?: number
}

/**
 * Deal the requests out to the targets in turn and send them all.
 * @example await burst(nodes, requests) // { replies: [{ tag: 'acme', node: 'node-1', status: 200, took: 3.1 }, …], failed: 0 }
 */
export async function burst(
  targets: readonly BurstTarget[],
  requests: readonly BurstRequest[],
  options: BurstOptions = {},
): Promise<BurstResult> {
  const { connections = 4, depth = 16, patience = 8000 } = options
  const queues = targets.map((_, n) => requests.filter((_, i) => i % targets.length === n))
  const lines = targets.flatMap((target, n) => Array.from({ length: connections }, () => connection(target, queues[n]!, depth, patience)))
  const results = await Promise.all(lines)
  return {
    replies: results.flatMap(result => result.replies),
    failed: requests.length - results.reduce((sum, { replies }) => sum + replies.length, 0),
  }
}

/** One connection takes requests from its target's queue until that is empty. */
function connection(target: BurstTarget, queue: BurstRequest[], depth: number, patience: number): Promise<{ replies: BurstReply[] }> {
  const replies: BurstReply[] = []
  const open: { tag: string; at: number }[] = []
  const parser = new ResponseParser()
  const { promise, resolve } = Promise.withResolvers<{ replies: BurstReply[] }>()
  const socket = new Socket()
  const fill = () => {
    let bytes = ''
    while (open.length < depth && queue.length > 0) {
      const request = queue.shift()!
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      bytes += `GET ${request.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers.join('')}\r\n`
      open.push({ tag: request.tag, at: performance.now() })
    }
    if (bytes !== '') socket.write(bytes)
    else if (open.length === 0) socket.end()
  }
  socket.setNoDelay(true).setTimeout(patience, () => socket.destroy())
  socket.on('error', () => {}).once('close', () => resolve({ replies }))
  socket.on('data', chunk => {
    for (const status of parser.feed(chunk)) {
      const request = open.shift()
      if (!request) return void socket.destroy()
      replies.push({ tag: request.tag, node: target.name, status, took: performance.now() - request.at })
    }
    if (open.length <= depth / 2) fill()
  })
  socket.connect(target.port, '127.0.0.1', fill)
  return promise
}

/** Cuts a stream of HTTP/1.1 responses; yields their status codes. Bodies by Content-Length or chunked; 204 and 304 have none. */
export class ResponseParser {
  private rest = ''

  feed(chunk: Buffer): number[] {
    this.rest += chunk.toString('latin1')
    const statuses: number[] = []
    for (;;) {
      const end = this.rest.indexOf('\r\n\r\n')
      if (end === -1) return statuses
      const head = this.rest.slice(0, end)
      const status = Number(head.slice(9, 12))
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)
      const body = end + 4
      let next = body + Number(length?.[1] ?? 0)
      if (!length && /\r\ntransfer-encoding: *chunked/i.test(head)) {
        const last = this.rest.indexOf('0\r\n\r\n', body)
        if (last === -1) return statuses
        next = last + 5
      }
      if (this.rest.length < next) return statuses
      statuses.push(status)
      this.rest = this.rest.slice(next)
    }
  }
}
