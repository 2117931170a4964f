// Tries to write its own results.json (TARGET) in every way Node knows.
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  createWriteStream,
  linkSync,
  mkdtempSync,
  openSync,
  promises,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import v8 from 'node:v8'
import { attempt } from './attempt.ts'

const target = process.env.TARGET!
const mine = join(process.env.TMPDIR!, 'results.json')
const require = createRequire(import.meta.url)
writeFileSync(mine, '{"forged":true}')
await attempt('write', () => writeFileSync(target, '{"forged":true}'))
await attempt('append by promise', () => promises.appendFile(target, '{"forged":true}'))
await attempt('open', () => openSync(target, 'r+'))
await attempt('copy', () => copyFileSync(mine, target))
await attempt('cp', () => cpSync(mine, target))
await attempt('rename', () => renameSync(mine, target))
await attempt('hard link', () => linkSync(target, `${mine}.link`))
await attempt('symbolic link', () => symlinkSync(target, `${mine}.symlink`))
await attempt('truncate', () => truncateSync(target))
await attempt('remove', () => rmSync(target))
await attempt('chmod', () => chmodSync(target, 0o777))
await attempt('utimes', () => utimesSync(target, 1, 1))
await attempt('mkdtemp', () => mkdtempSync(join(target, '..', 'x')))
await attempt('path with dots', () => writeFileSync(join(process.env.TMPDIR!, '..', '..', '..') + target, 'forged'))
await attempt('Buffer path', () => writeFileSync(Buffer.from(target), 'forged'))
await attempt('URL path', () => writeFileSync(new URL(`file://${target}`), 'forged'))
await attempt('Uint8Array subclass', () => {
  class Late extends Uint8Array {
    override toString() {
      return mine
    }
  }
  writeFileSync(new Late(Buffer.from(target)) as unknown as string, 'forged')
})
await attempt('stream', () => {
  const stream = createWriteStream(target)
  stream.end('forged')
  return once(stream, 'finish')
})
await attempt('heap snapshot', () => v8.writeHeapSnapshot(target))
await attempt('report', () => process.report.writeReport(target))
await attempt('SQLite', () => new (require('node:sqlite').DatabaseSync)(target).exec('create table forged(a)'))
await attempt('edit its own program', () => writeFileSync(new URL(import.meta.url), 'forged'))
