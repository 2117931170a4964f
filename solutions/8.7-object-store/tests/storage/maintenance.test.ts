import { expect, test } from 'vitest'
import { collect } from '../../src/maintenance/collector.ts'
import { scrub } from '../../src/maintenance/scrubber.ts'
import { KeyTree } from '../../src/metadata/key-tree.ts'
import { openStore } from '../../src/object-store.ts'
import { direct, readAll } from '../support/direct.ts'
import { SimulatedDisk, seeded } from '../support/simulated-disk.ts'

const VOLUME = 300_000

async function freshStore() {
  const disk = new SimulatedDisk()
  await disk.makeDirectory('/data')
  const store = await openStore(disk, '/data', VOLUME)
  await direct(store, { method: 'PUT', bucket: 'bucket' })
  const put = (key: string, body: Buffer | string) => direct(store, { method: 'PUT', bucket: 'bucket', key, body })
  const volumes = () => disk.list('/data/chunks')
  return { disk, store, put, volumes }
}

test('the collector gives back what was deleted, and keeps what lives among it', async () => {
  const { store, put, volumes } = await freshStore()
  for (let i = 0; i < 30; i++) await put(`k${i}`, Buffer.alloc(50_000, `${i};`))
  const full = await volumes()
  for (let i = 0; i < 30; i++) if (i % 10 !== 0) await direct(store, { method: 'DELETE', bucket: 'bucket', key: `k${i}` })
  const { freedBytes, movedBytes } = await collect(store)
  expect(full.length).toBeGreaterThan(4)
  expect((await volumes()).length).toBeLessThan(full.length - 2)
  expect(freedBytes).toBeGreaterThan(1_000_000)
  expect(movedBytes).toBeLessThanOrEqual(150_000)
  for (const i of [0, 10, 20]) expect((await readAll(store, 'bucket', `k${i}`))?.equals(Buffer.alloc(50_000, `${i};`))).toBe(true)
})

test('a reader keeps what it reads, though it is overwritten and collected meanwhile', async () => {
  const { store, put } = await freshStore()
  const old = Buffer.alloc(2_500_000, 'old')
  await put('k', old)
  await put('other', Buffer.alloc(VOLUME, 'x')) // seals the volume of k
  const answer = await direct(store, { method: 'GET', bucket: 'bucket', key: 'k' })
  const body = answer.body as Exclude<typeof answer.body, string | undefined>
  const pieces: Buffer[] = []
  for await (const data of body.stream) {
    if (pieces.length === 0) {
      await put('k', 'new')
      await collect(store)
    }
    pieces.push(Buffer.from(data))
  }
  body.release?.()
  expect(Buffer.concat(pieces).equals(old)).toBe(true)
  expect(String(await readAll(store, 'bucket', 'k'))).toBe('new')
  expect((await collect(store)).freedBytes).toBeGreaterThan(2_000_000)
})

test('chunks of an aborted upload and of replaced parts are dead bytes', async () => {
  const { store } = await freshStore()
  const created = await direct(store, { method: 'POST', bucket: 'bucket', key: 'k', query: 'uploads' })
  const id = /<UploadId>(.*)<\/UploadId>/.exec(String(created.body))![1]
  const live = () => [...store.chunks.volumes.values()].reduce((sum, volume) => sum + volume.live, 0)
  for (let i = 0; i < 3; i++)
    await direct(store, { method: 'PUT', bucket: 'bucket', key: 'k', query: `uploadId=${id}&partNumber=1`, body: Buffer.alloc(100_000) })
  expect(live()).toBe(100_000)
  await direct(store, { method: 'DELETE', bucket: 'bucket', key: 'k', query: `uploadId=${id}` })
  expect(live()).toBe(0)
})

test('the scrubber finds each rotten object, a reader gets no wrong byte', async () => {
  const { disk, store, put } = await freshStore()
  await put('good', Buffer.alloc(70_000, 'good'))
  await put('bad', Buffer.alloc(200_000, 'bad'))
  const ref = store.metadata.namespace.buckets.get('bucket')!.keys.get('bad')![0]!.chunks[0]!
  expect((await scrub(store)).damaged).toEqual([])
  disk.rot(`/data/chunks/volume-${String(ref.volume).padStart(8, '0')}`, ref.offset + 150_000)
  const report = await scrub(store)
  expect(report.damaged).toEqual([
    { name: 'bucket/bad?versionId=null', problem: expect.stringContaining('block 2 does not match its checksum') },
  ])
  await expect(readAll(store, 'bucket', 'bad')).rejects.toThrow('block 2')
  expect((await readAll(store, 'bucket', 'good'))?.length).toBe(70_000)
  await put('fill', Buffer.alloc(VOLUME))
  await direct(store, { method: 'DELETE', bucket: 'bucket', key: 'fill' })
  await collect(store) // a damaged object does not stop the collector
  expect((await readAll(store, 'bucket', 'good'))?.length).toBe(70_000)
})

test('rot in the edit log, with later segments behind it, is reported and not passed over', async () => {
  const { disk, store, put } = await freshStore()
  await put('a', 'a')
  await store.metadata.close()
  const [name] = await disk.list('/data/metadata')
  await (await openStore(disk, '/data', VOLUME)).metadata.commit({ op: 'delete-version', bucket: 'bucket', key: 'a', versionId: 'null' })
  disk.rot(`/data/metadata/${name}`, 20)
  await expect(openStore(disk, '/data', VOLUME)).rejects.toThrow(/edits-0+1 is damaged at byte 0/)
})

test('rot in a checkpoint is reported', async () => {
  const { disk, store, put } = await freshStore()
  await put('a', 'a')
  await store.metadata.checkpoint()
  await store.metadata.close()
  const name = (await disk.list('/data/metadata')).find(entry => entry.startsWith('checkpoint'))
  disk.rot(`/data/metadata/${name}`, 40)
  await expect(openStore(disk, '/data', VOLUME)).rejects.toThrow(/checkpoint-0+2 is damaged/)
})

test('a disk that is full refuses the write and nothing else', async () => {
  const { disk, store, put } = await freshStore()
  await put('a', 'before')
  for (const kind of ['edits', 'volume']) {
    disk.refuse = path => (path.includes(kind) ? Object.assign(new Error('no space'), { code: 'ENOSPC' }) : undefined)
    await expect(put('a', 'refused')).rejects.toThrow('no space')
    expect(String(await readAll(store, 'bucket', 'a'))).toBe('before')
  }
  disk.refuse = () => undefined
  await put('b', 'after')
  const again = await openStore(disk.afterPowerLoss(1), '/data', VOLUME)
  expect([String(await readAll(again, 'bucket', 'a')), String(await readAll(again, 'bucket', 'b'))]).toEqual(['before', 'after'])
})

test('the key tree agrees with a sorted array', () => {
  const random = seeded(87)
  const tree = new KeyTree<number>()
  const model = new Map<string, number>()
  for (let step = 0; step < 20_000; step++) {
    const key = Math.floor(random() * 3000).toString(36)
    if (random() < 0.4) expect(tree.delete(key)).toBe(model.delete(key))
    else {
      tree.set(key, step)
      model.set(key, step)
    }
  }
  const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
  expect([...tree.entries()]).toEqual(sorted)
  expect(tree.size).toBe(model.size)
  for (const from of ['', '1', 'zz', 'a5', '~']) expect([...tree.from(key => key >= from)]).toEqual(sorted.filter(([key]) => key >= from))
})
