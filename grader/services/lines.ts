import type { Readable } from 'node:stream'

/** Calls `line` for each line of a stream, without its newline. A line longer than `limit` characters ends the stream. */
export function eachLine(stream: Readable, line: (text: string) => void, limit = 1 << 20): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    rest += text
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const one = rest.slice(0, end)
      rest = rest.slice(end + 1)
      line(one)
    }
    if (rest.length > limit) stream.destroy(new Error(`a line is longer than ${limit} characters`))
  })
}
