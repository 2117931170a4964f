import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { collect } from '../../src/maintenance/collector.ts'
import { scrub } from '../../src/maintenance/scrubber.ts'
import { openStore } from '../../src/object-store.ts'
import type { Store } from '../../src/operations/store.ts'
import { direct, readAll } from '../support/direct.ts'
import { PowerLoss, SimulatedDisk } from '../support/simulated-disk.ts'

/** Volumes so small that the workload fills several, and the collector has something to do. */
const VOLUME = 200_000
/** OBJECT_STORE_SOAK=200 tries each moment with 200 outcomes instead of 2. */
const OUTCOMES = Number(process.env['OBJECT_STORE_SOAK'] ?? 2)

const open = (disk: SimulatedDisk) => openStore(disk, '/data', VOLUME)
const body = (name: string, size: number) => Buffer.alloc(size, `${name}:${createHash('md5').update(name).digest('hex')};`)

/** What a client knows: for each key the states it may be in. One state where all is acknowledged, several while a request is under way. */
class Ledger {
  readonly keys = new Map<string, (Buffer | undefined)[]>()
  bucket: 'absent' | 'unknown' | 'there' = 'absent'

  async write(key: string, next: Buffer | undefined, request: () => Promise<unknown>): Promise<void> {
    const before = this.keys.get(key) ?? [undefined]
    this.keys.set(key, [...before, next])
    await request()
    this.keys.set(key, [next])
  }
}

/** Everything that changes the disk, some of it at the same time. Throws `PowerLoss` at the moment it happens. */
async function workload(store: Store, ledger: Ledger): Promise<void> {
  const put = (key: string, name: string, size: number) =>
    ledger.write(key, body(name, size), () => direct(store, { method: 'PUT', bucket: 'ledger', key, body: body(name, size) }))
  const remove = (key: string) => ledger.write(key, undefined, () => direct(store, { method: 'DELETE', bucket: 'ledger', key }))
  ledger.bucket = 'unknown'
  await direct(store, { method: 'PUT', bucket: 'ledger' })
  ledger.bucket = 'there'
  await put('a', 'a1', 10)
  await Promise.all([put('a', 'a2', 70_000), put('b', 'b1', 150_000), put('c', 'c1', 0)])
  await Promise.all([put('b', 'b2', 5), remove('a'), put('d', 'd1', 90_000)])
  await collect(store)
  await store.metadata.checkpoint()
  await upload(store, ledger, 'e', body('e1', 120_000))
  const d = ledger.keys.get('d')![0]
  await ledger.write('f', d, () =>
    direct(store, { method: 'PUT', bucket: 'ledger', key: 'f', headers: { 'x-amz-copy-source': '/ledger/d' } }),
  )
  await Promise.all([put('d', 'd2', 80_000), put('g', 'g1', 60_000), put('h', 'h1', 1)])
  await Promise.all([remove('g'), collect(store), put('i', 'i1', 30_000)])
  await Promise.all([store.metadata.checkpoint(), put('h', 'h2', 100_000), put('j', 'j1', 20)])
  await collect(store)
  await put('a', 'a3', 40_000)
}

async function upload(store: Store, ledger: Ledger, key: string, data: Buffer): Promise<void> {
  const created = await direct(store, { method: 'POST', bucket: 'ledger', key, query: 'uploads' })
  const id = /<UploadId>(.*)<\/UploadId>/.exec(String(created.body))![1]
  const part = await direct(store, { method: 'PUT', bucket: 'ledger', key, query: `uploadId=${id}&partNumber=1`, body: data })
  const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers!['etag']}</ETag></Part></CompleteMultipartUpload>`
  await ledger.write(key, data, () => direct(store, { method: 'POST', bucket: 'ledger', key, query: `uploadId=${id}`, body: xml }))
}

/** What is on the disk must be one of the states that the ledger allows, whole, and the store must go on working. */
async function verify(disk: SimulatedDisk, ledger: Ledger, when: string): Promise<void> {
  const store = await open(disk)
  const exists = store.metadata.namespace.buckets.has('ledger')
  if (ledger.bucket !== 'unknown') expect(exists, `${when}: the bucket`).toBe(ledger.bucket === 'there')
  if (!exists) return
  const check = async (moment: string) => {
    for (const [key, allowed] of ledger.keys) {
      const found = await readAll(store, 'ledger', key)
      const known = allowed.some(state => (state && found ? state.equals(found) : state === found))
      expect(known, `${when}, ${moment}: '${key}' has ${found?.length} bytes, allowed are ${allowed.map(state => state?.length)}`).toBe(
        true,
      )
    }
    expect((await scrub(store)).damaged, `${when}, ${moment}`).toEqual([])
  }
  await check('after the start')
  await collect(store)
  await check('after a collection')
  await direct(store, { method: 'PUT', bucket: 'ledger', key: 'after', body: 'alive' })
  expect(String(await readAll(store, 'ledger', 'after')), when).toBe('alive')
  const live = [...store.chunks.volumes.values()].reduce((sum, volume) => sum + volume.live, 0)
  const referred = [...store.metadata.namespace.references()].flatMap(({ chunks }) => chunks).reduce((sum, ref) => sum + ref.length, 0)
  expect(live, `${when}: the data node's account`).toBe(referred)
}

async function run(failAt: number): Promise<{ disk: SimulatedDisk; ledger: Ledger }> {
  const disk = new SimulatedDisk()
  disk.failAt = failAt
  const ledger = new Ledger()
  try {
    await workload(await openWhere(disk), ledger)
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error
  }
  return { disk, ledger }
}

async function openWhere(disk: SimulatedDisk): Promise<Store> {
  await disk.makeDirectory('/data')
  return open(disk)
}

test('power loss at every write, sync and rename leaves the old or the new object, never half, and nothing acknowledged is lost', async () => {
  const complete = await run(Number.POSITIVE_INFINITY)
  await verify(complete.disk.afterPowerLoss(1), complete.ledger, 'after the whole workload')
  const moments = complete.disk.changes
  expect(moments, 'the workload writes').toBeGreaterThan(80)
  for (let moment = 1; moment <= moments; moment++) {
    const { disk, ledger } = await run(moment)
    for (let outcome = 0; outcome < OUTCOMES; outcome++) {
      const survived = disk.afterPowerLoss(moment * 1000 + outcome)
      await verify(survived, ledger, `change ${moment} of ${moments}, outcome ${outcome}`)
    }
  }
}, 600_000)

test('power loss during the recovery from a power loss', async () => {
  const { changes } = (await run(Number.POSITIVE_INFINITY)).disk
  for (let moment = 5; moment <= changes; moment += 7) {
    const { disk, ledger } = await run(moment)
    for (let second = 1; second <= 4; second++) {
      const recovering = disk.afterPowerLoss(moment)
      recovering.failAt = second
      await open(recovering).catch(error => {
        if (!(error instanceof PowerLoss)) throw error
      })
      await verify(recovering.afterPowerLoss(moment + second), ledger, `change ${moment}, then change ${second} of the recovery`)
    }
  }
}, 120_000)

test('a store that did not sync would be caught', async () => {
  const disk = new SimulatedDisk()
  const create = disk.create.bind(disk)
  disk.create = async path => ({ ...(await create(path)), sync: async () => {} })
  const ledger = new Ledger()
  await workload(await openWhere(disk), ledger)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, (_, seed) => verify(disk.afterPowerLoss(seed), ledger, 'without syncs')),
  )
  expect(outcomes.some(outcome => outcome.status === 'rejected')).toBe(true)
})
