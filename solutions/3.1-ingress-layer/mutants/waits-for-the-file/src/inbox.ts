/** Files of a folder, row by row, as fast as Kafka takes them. */
import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from './config.ts'
import { linesOf } from './lines.ts'
import type { Parsed, Parser } from './parse.ts'
import type { Progress, ProgressStore } from './progress.ts'
import type { Publisher, Row } from './publisher.ts'

/** Rows that are read, sent and acknowledged together. */
const MOST_ROWS = 200

/** What the inbox needs. */
export interface Parts {
  config: Config
  parser: Parser
  publisher: Publisher
  progress: ProgressStore
  stopping: () => boolean
}

/** Takes files in, one after the other, until it is stopping. Ends between two batches, with its progress kept. */
export async function watchInbox(parts: Parts): Promise<void> {
  const { inbox } = parts.config
  await mkdir(join(inbox, 'done'), { recursive: true })
  while (!parts.stopping()) {
    const entries = await readdir(inbox, { withFileTypes: true })
    const names = entries.filter(entry => entry.isFile() && /\.(csv|ndjson)$/.test(entry.name)).map(entry => entry.name)
    for (const name of names.sort()) if (!parts.stopping()) await takeFile(parts, name)
    if (names.length === 0) await wait(100)
  }
}

async function takeFile({ config, parser, publisher, progress }: Parts, name: string): Promise<void> {
  const path = join(config.inbox, name)
  const file = await open(path)
  try {
    // Yesterday's file of the same name is another file.
    const { ino, size, mtimeMs } = await file.stat()
    const identity = `${ino}:${size}:${mtimeMs}`
    let at: Progress = (await progress.read(name, identity)) ?? { identity, offset: 0, line: 0 }
    let parse: ((text: string) => Parsed) | undefined = name.endsWith('.csv') ? undefined : text => parser.json(text)
    if (!parse && at.line > 0) for await (const { text } of linesOf(file, 0)) if ((parse = parser.csv(text))) break

    const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(config.maxPending / 2))) // The rest is for HTTP.
    let rows: Row[] = []
    const publish = async (): Promise<void> => {
      await publisher.take(rows.length)
      try {
        if (rows.length > 0) await publisher.publish(rows)
      } finally {
        publisher.give(rows.length)
      }
      rows = []
      await progress.write(name, at) // Only now: what is not acknowledged is read again after a crash.
    }
    for await (const { text, end } of linesOf(file, at.offset)) {
      at = { identity, offset: end, line: at.line + 1 }
      const raw = text.replace(/\r$/, '')
      if (!parse) parse = parser.csv(raw)
      else if (raw.trim() !== '') rows.push({ source: name, line: at.line, raw, parsed: parse(raw) })
      if (rows.length >= most) await publish()
    }
    await publish()
  } finally {
    await file.close()
  }
  await rename(path, join(config.inbox, 'done', name))
  await progress.forget(name)
}
