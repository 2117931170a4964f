import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { BATCH_HEADER, isIntactBatch, readBatchInfo, sealBatch } from '../src/storage/batch.ts'
import { cleanLog } from '../src/storage/cleaner.ts'
import { crc32c } from '../src/storage/crc32c.ts'
import { nodeDisk } from '../src/storage/disk.ts'
import { Handles } from '../src/storage/handles.ts'
import type { Log } from '../src/storage/log.ts'
import { buildBatch, buildMarker, readRecords } from '../src/storage/records.ts'
import { openLog } from '../src/storage/recovery.ts'
import { lookupTime } from '../src/storage/time-lookup.ts'
import { temporaryDirectory } from './support/kafka-lite.ts'
import { Random } from './support/random.ts'

const { directory, remove } = temporaryDirectory('storage')
let handles = new Handles(nodeDisk, 100)
afterEach(() => handles.closeAll())
const NOW = 1_700_000_000_000
const CLEAN = { minCleanableRatio: 0, deleteRetentionMs: 1000 }

let count = 0
const fresh = () => path.join(directory, 'topics', 't', `log-${count++}`)
const open = (dir: string, segmentBytes = 2000) => openLog(dir, handles, () => ({ segmentBytes, segmentMs: Number.POSITIVE_INFINITY }), NOW)

function append(log: Log, values: (string | null)[], options: Parameters<typeof buildBatch>[1] & { key?: string; time?: number } = {}) {
  const records = values.map((value, offset) => ({
    offset,
    timestamp: options.time ?? NOW + log.nextOffset + offset,
    key: options.key === undefined ? null : Buffer.from(options.key),
    value: value === null ? null : Buffer.from(value),
  }))
  return log.append(buildBatch(records, options), 0, NOW)
}

function contents(log: Log, from = log.logStartOffset): string[] {
  const values: string[] = []
  for (let offset = from; ; ) {
    const { records, nextOffset } = log.read(offset, 1500, log.nextOffset)
    if (records.length === 0) return values
    for (let at = 0; at < records.length; at += readBatchInfo(records, at).size) {
      const batch = records.subarray(at, at + readBatchInfo(records, at).size)
      expect(isIntactBatch(batch)).toBe(true)
      for (const r of readRecords(batch)!) if (r.offset >= from) values.push(`${r.offset}=${r.value}`)
    }
    offset = nextOffset
  }
}

const reopened = (dir: string) => {
  handles.closeAll()
  handles = new Handles(nodeDisk, 100)
  return open(dir)
}

test('CRC-32C gives the check value of its definition, and the same for every alignment', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
  const data = new Random(1).bytes(100)
  for (let start = 0; start < 9; start++) expect(crc32c(Buffer.concat([Buffer.alloc(start), data]), start)).toBe(crc32c(data))
})

describe('segments', () => {
  test('every offset is found, over many segments, from memory, from files and after a restart', async () => {
    const dir = fresh()
    const { log } = open(dir)
    const expected = Array.from({ length: 300 }, (_, i) => `${i}=v${i}`)
    for (let i = 0; i < 300; i += 3) append(log, [`v${i}`, `v${i + 1}`, `v${i + 2}`])
    expect(log.segments.length).toBeGreaterThan(3)
    for (const from of [0, 1, 2, 150, 151, 299]) expect(contents(log, from)).toEqual(expected.slice(from))
    await log.checkpoint()
    const again = reopened(dir)
    expect(again.scannedBytes, 'read again after a clean stop').toBe(0)
    for (const from of [0, 1, 2, 150, 151, 299]) expect(contents(again.log, from)).toEqual(expected.slice(from))
    append(again.log, ['more'])
    expect(contents(again.log, 299)).toEqual(['299=v299', '300=more'])
  })

  test('without a checkpoint the log is read again, wherever it was cut off: whole batches before the cut stay, nothing else', () => {
    const dir = fresh()
    const { log } = open(dir, 100_000)
    const ends: number[] = []
    for (let i = 0; i < 20; i++) {
      append(log, [`v${i}`, 'w'])
      ends.push(log.active!.size)
    }
    const file = log.active!.file
    const whole = fs.readFileSync(file)
    const random = new Random(3)
    for (let round = 0; round < 60; round++) {
      const cut = random.int(0, whole.length)
      fs.writeFileSync(
        file,
        Buffer.concat([whole.subarray(0, cut), random.chance(0.5) ? random.bytes(random.int(1, 200)) : Buffer.alloc(random.int(0, 300))]),
      )
      const { log: recovered } = reopened(dir)
      const intact = ends.filter(end => end <= cut).length
      // A cut may be filled up again by chance only if the bytes are the same.
      expect(recovered.nextOffset, `cut at ${cut}`).toBe(intact * 2)
      expect(fs.statSync(file).size).toBe(ends[intact - 1] ?? 0)
      append(recovered, ['after'])
      expect(contents(recovered).at(-1)).toBe(`${intact * 2}=after`)
    }
  })

  test('one flipped bit anywhere in a batch is noticed', () => {
    const batch = buildBatch([{ offset: 0, timestamp: NOW, key: Buffer.from('k'), value: Buffer.from('value') }])
    for (let bit = 17 * 8; bit < batch.length * 8; bit++) {
      const harmed = Buffer.from(batch)
      harmed[bit >> 3]! ^= 1 << (bit & 7)
      expect(isIntactBatch(harmed), `bit ${bit}`).toBe(false)
    }
  })

  test('lost indexes are built anew', async () => {
    const dir = fresh()
    const { log } = open(dir, 20_000)
    for (let i = 0; i < 400; i++) append(log, ['x'.repeat(100)])
    await log.checkpoint()
    for (const name of fs.readdirSync(dir)) if (name.endsWith('index')) fs.rmSync(path.join(dir, name))
    const { log: again } = reopened(dir)
    expect(contents(again, 250)).toHaveLength(150)
    expect(lookupTime(again, NOW + 123)).toEqual({ offset: 123, timestamp: NOW + 123 })
  })

  test('a failed write appends nothing', () => {
    const dir = fresh()
    let full = false
    const disk = {
      ...nodeDisk,
      open(file: string) {
        const real = nodeDisk.open(file)
        const write = (source: Buffer, position: number) => {
          if (!full) return real.write(source, position)
          real.write(source.subarray(0, 30), position)
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        }
        return { ...real, write }
      },
    }
    const mine = new Handles(disk, 10)
    const { log } = openLog(dir, mine, () => ({ segmentBytes: 1e6, segmentMs: 1e9 }), NOW)
    append(log, ['one'])
    full = true
    expect(() => append(log, ['two'])).toThrow('no space')
    full = false
    append(log, ['three'])
    expect(contents(log)).toEqual(['0=one', '1=three'])
    mine.closeAll()
  })
})

describe('time', () => {
  test('the first record at or after a time, inside plain and gzip batches', () => {
    const { log } = open(fresh(), 1500)
    for (let i = 0; i < 50; i++) append(log, ['a', 'b'])
    const zipped = buildBatch([0, 1, 2].map(offset => ({ offset, timestamp: NOW + 500 + offset, key: null, value: Buffer.from('z') })))
    const batch = Buffer.concat([zipped.subarray(0, BATCH_HEADER), gzipSync(zipped.subarray(BATCH_HEADER))])
    batch[22]! |= 1
    sealBatch(batch)
    log.append(batch, 0, NOW)
    for (const offset of [0, 1, 37, 99]) expect(lookupTime(log, NOW + offset)).toEqual({ offset, timestamp: NOW + offset })
    expect(lookupTime(log, NOW + 501)).toEqual({ offset: 101, timestamp: NOW + 501 })
    expect(lookupTime(log, NOW + 503)).toBeNull()
  })
})

describe('retention and compaction', () => {
  test('segments before the start go, the start survives a restart', async () => {
    const dir = fresh()
    const { log } = open(dir)
    for (let i = 0; i < 100; i++) append(log, [`v${i}`])
    const before = log.segments.length
    await log.startAt(57)
    expect(log.segments.length).toBeLessThan(before)
    expect(contents(log)[0]).toBe('57=v57')
    expect(reopened(dir).log.logStartOffset).toBe(57)
  })

  test('compaction keeps the newest record of each key at its offset; tombstones go after their time', async () => {
    const dir = fresh()
    const { log } = open(dir, 1000)
    for (let i = 0; i < 60; i++) append(log, [`v${i}`], { key: `k${i % 5}` })
    append(log, [null], { key: 'k1', time: NOW })
    for (let i = 0; i < 10; i++) append(log, [`filler ${i}`], { key: `f${i}` })
    log.roll(NOW)
    append(log, ['active'], { key: 'a' })
    expect(await cleanLog(log, log.nextOffset, CLEAN, NOW)).toBeGreaterThan(0)
    const wanted = [
      '55=v55',
      '57=v57',
      '58=v58',
      '59=v59',
      '60=null',
      ...Array.from({ length: 10 }, (_, i) => `${61 + i}=filler ${i}`),
      '71=active',
    ]
    expect(contents(log)).toEqual(wanted)
    expect(contents(reopened(dir).log)).toEqual(wanted)
    const { log: later } = reopened(dir)
    later.roll(NOW)
    append(later, ['active'], { key: 'b' })
    await cleanLog(later, later.nextOffset, CLEAN, NOW + 5000)
    expect(contents(later)).not.toContain('60=null')
  })

  test('nonsense under a right checksum is kept whole and stops neither compaction nor time lookup', async () => {
    const { log } = open(fresh(), 100_000)
    for (const compression of [0, 1, 2, 3, 4, 7]) {
      const batch = buildBatch([{ offset: 0, timestamp: NOW, key: Buffer.from('k'), value: Buffer.from('v') }])
      new Random(compression).bytes(batch.length - BATCH_HEADER).copy(batch, BATCH_HEADER)
      batch[22]! = compression
      sealBatch(batch)
      log.append(batch, 0, NOW)
    }
    append(log, ['old'], { key: 'k' })
    append(log, ['new'], { key: 'k' })
    log.roll(NOW)
    append(log, ['end'], { key: 'z' })
    expect(lookupTime(log, NOW)).toEqual({ offset: 0, timestamp: NOW })
    await cleanLog(log, log.nextOffset, CLEAN, NOW)
    const { records } = log.read(0, 100_000, log.nextOffset)
    const offsets: number[] = []
    for (let at = 0; at < records.length; at += readBatchInfo(records, at).size) offsets.push(readBatchInfo(records, at).baseOffset)
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 7])
  })

  test('compaction drops aborted records and their markers, keeps committed ones, and leaves an open transaction alone', async () => {
    const { log } = open(fresh(), 100_000)
    const txn = (producerId: number, value: string, key: string, baseSequence: number) =>
      append(log, [value], { producerId, producerEpoch: 0, baseSequence, transactional: true, key })
    txn(1, 'committed', 'a', 0)
    txn(2, 'aborted', 'b', 0)
    log.append(buildMarker(1, 0, true, NOW), 0, NOW)
    log.append(buildMarker(2, 0, false, NOW), 0, NOW)
    log.roll(NOW)
    txn(3, 'open', 'c', 0)
    log.roll(NOW)
    append(log, ['end'], { key: 'd' })
    await cleanLog(log, log.producers.firstUnstableOffset()!, CLEAN, NOW)
    expect(contents(log)).toEqual(['0=committed', '4=open', '5=end'])
    expect(log.producers.abortedBetween(0, 100)).toEqual([])
    expect(log.producers.firstUnstableOffset()).toBe(4)
  })
})

afterAll(remove)
