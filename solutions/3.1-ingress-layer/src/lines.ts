/** Lines of a file from an offset on, one chunk in memory at a time. */
import type { FileHandle } from 'node:fs/promises'

const CHUNK = 64 * 1024

/** `end` is the offset of what comes after the line. The last line may lack its LF. */
export async function* linesOf(file: FileHandle, from: number): AsyncGenerator<{ text: string; end: number }> {
  const chunk = Buffer.alloc(CHUNK)
  let rest = Buffer.alloc(0)
  let start = from
  for (let at = from; ; ) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, at)
    if (bytesRead === 0) break
    at += bytesRead
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    let begin = 0
    for (let lf = bytes.indexOf(10); lf !== -1; lf = bytes.indexOf(10, begin)) {
      const text = bytes.toString('utf8', begin, lf)
      begin = lf + 1
      yield { text, end: start + begin }
    }
    rest = bytes.subarray(begin)
    start += begin
  }
  if (rest.length > 0) yield { text: rest.toString(), end: start + rest.length }
}
