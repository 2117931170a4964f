// Takes AMOUNT megabytes outside the heap, catches what is thrown, and lives on when it got them.
import { createServer } from 'node:http'

const wanted = Number(process.env.AMOUNT) / 8
const kept: Uint8Array[] = []
try {
  while (kept.length < wanted) kept.push(new Uint8Array(8 * 1024 * 1024).fill(1))
} catch (error) {
  console.error(`no more: ${error}`)
}
createServer((_, response) => response.end(`${kept.length * 8}`)).listen(Number(process.env.PORT), '127.0.0.1')
