import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { burst, ResponseParser } from './burst.ts'

async function server(answer: (path: string) => { status: number; body?: string; chunked?: boolean } | 'break') {
  const http = createServer((request, response) => {
    const reply = answer(request.url ?? '')
    if (reply === 'break') return void request.socket.destroy()
    response.statusCode = reply.status
    if (reply.chunked) response.write('a part\r\n\r\n')
    response.end(reply.body)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return { name: 'n', port: (http.address() as { port: number }).port, close: () => http.close() }
}

const requests = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `/${i}`, headers: { 'x-api-key': 'a' }, tag: String(i) }))

test('every request has its own reply, over connections and pipelines', async () => {
  const two = [
    await server(path => ({ status: 200 + (Number(path.slice(1)) % 7), body: 'x'.repeat(Number(path.slice(1))) })),
    await server(() => ({ status: 429, chunked: true })),
  ]
  const result = await burst(two, requests(2000))
  expect(result.failed).toBe(0)
  expect(result.replies).toHaveLength(2000)
  for (const reply of result.replies) expect(reply.status).toBe(Number(reply.tag) % 2 === 0 ? 200 + (Number(reply.tag) % 7) : 429)
  for (const one of two) one.close()
})

test('requests on a broken connection have failed; nothing is sent twice', async () => {
  let seen = 0
  const one = await server(path => {
    seen++
    return path === '/10' ? 'break' : { status: 200 }
  })
  const { replies, failed } = await burst([one], requests(50), { connections: 1, depth: 4 })
  expect(failed).toBeGreaterThan(0)
  expect(replies.length + failed).toBe(50)
  expect(seen).toBeLessThanOrEqual(50)
  one.close()
})

test('a response cut anywhere is read the same', () => {
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n')
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parser = new ResponseParser()
    expect([...parser.feed(bytes.subarray(0, cut)), ...parser.feed(bytes.subarray(cut))]).toEqual([200, 429])
  }
})
