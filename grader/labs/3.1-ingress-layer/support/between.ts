/** A place between NiFi and the ingress from which its answers can be seen. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Program } from '../../../learner/types.ts'

/** Hands every request on to the program and counts its answers. It listens for containers, too. */
export async function between(
  program: Program,
  cleanup: (undo: () => unknown) => void,
): Promise<{ port: number; count(status: number): number }> {
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const kept = ['content-type', 'x-request-id'].flatMap(name =>
        request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]],
      )
      const answer = await fetch(program.url + request.url, {
        method: request.method!,
        headers: Object.fromEntries(kept),
        body: Buffer.concat(chunks),
      })
      statuses.push(answer.status)
      response.writeHead(answer.status, { 'retry-after': answer.headers.get('retry-after') ?? '1' })
      response.end(await answer.text())
    } catch {
      // The program did not answer: neither do we.
      response.destroy()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', () => resolve()))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count: status => statuses.filter(each => each === status).length }
}
