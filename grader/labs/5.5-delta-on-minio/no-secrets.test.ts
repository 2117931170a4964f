import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { did, expect, kpi } from '../../kpi/index.ts'
import { givesUp } from './support/gives-up.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('no-secrets', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup })
  const world = new World(random, 20)
  await lake.send(world.history)
  let program = await lake.start()
  await lake.expectShipments(world.after(), () => program)
  const logs = [...program.logs]
  await program.kill()
  await objectStore.kill()
  program = await lake.start()
  did('I let it write both tables, killed it, and started it once more without an object store; then I looked for its secret key.')
  await givesUp(program, 10_000)
  logs.push(...program.logs)
  await objectStore.start()

  const places: string[] = []
  const look = (where: string, bytes: Uint8Array) => Buffer.from(bytes).includes(objectStore.secretKey) && places.push(where)
  for (const { text } of logs) look('what it prints', Buffer.from(text))
  for (const [log, name] of [[lake.shipments, 'shipments'], [lake.changes, 'changes']] as const) // biome-ignore format: one line
    for (const path of (await log.objects()).keys()) look(`${name}/${path.replace(/[0-9a-f-]{36}/, '…')}`, await log.bytes(path))
  for (const entry of readdirSync(lake.checkpointDir, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) look(`checkpoint/${entry.name}`, readFileSync(join(entry.parentPath, entry.name)))
  expect([...new Set(places)], 'places where the secret key stands').toEqual([])
})
