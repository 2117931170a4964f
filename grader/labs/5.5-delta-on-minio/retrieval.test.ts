import { parse } from 'shell-quote'
import { readCommands } from '../../experiments/documents/commands.ts'
import { parseMarkdown } from '../../experiments/documents/document.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { compare, Lake } from './support/lake.ts'
import { World } from './support/world.ts'

const FILE = 'RETRIEVAL.md'

kpi('retrieval', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 30 })
  const world = new World(random, 40)
  world.live(50)
  await lake.send(world.history)
  const program = await lake.start()
  await lake.expectShipments(world.after(), () => program)
  await program.stop()
  const SHIPMENT = random.pick([...world.after().keys()])
  const newest = await lake.shipments.newest()
  const VERSION = String(random.int(1, newest - 1))
  const page = parseMarkdown(FILE, await learner.read(FILE))
  did(
    `The tables hold ~${world.after().size} shipments in ~${newest} versions. I typed the commands of ${FILE}, with SHIPMENT and VERSION drawn by me.`,
  )

  /** Runs the commands under a heading and gives the lines that the last one prints, as objects. */
  const linesOf = async (under: string): Promise<Record<string, unknown>[]> => {
    let stdout = ''
    for (const { text, line } of readCommands(page, { under })) {
      const words = parse(text, { SHIPMENT, VERSION })
      const [node, entry, ...args] = words
      if (node !== 'node' || typeof entry !== 'string' || args.some(word => typeof word !== 'string'))
        fail({
          subject: `${FILE}:${line}`,
          expected: 'node <file> <arguments>, with $SHIPMENT and $VERSION where they are needed',
          saw: text,
        })
      const ran = await learner.run(entry, { args: args as string[], env: lake.env() })
      if (ran.code !== 0) fail({ subject: `${FILE}:${line}, exit code of ${text}`, expected: '0', saw: String(ran.code), details: ran.stderr.split('\n').filter(said => /error/i.test(said)).slice(0, 2) }) // biome-ignore format: one line
      stdout = ran.stdout
    }
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(text => {
        try {
          return JSON.parse(text) as Record<string, unknown>
        } catch {
          return fail({ subject: `what the commands under "${under}" print`, expected: 'one JSON object a line', saw: text.slice(0, 100) })
        }
      })
  }
  const times = (rows: Record<string, unknown>[]) => rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, /_at$/.test(name) && value !== null ? new Date(String(value)).toISOString() : name === 'weight_kg' ? Number(value) : value]))) as never // biome-ignore format: one line

  compare(times(await linesOf('All shipments')), world.after(), 'what "All shipments" prints')
  const one = await linesOf('One shipment')
  compare(times(one), new Map([[SHIPMENT, world.after().get(SHIPMENT)!]]), 'what "One shipment" prints')
  const counted = Object.fromEntries((await linesOf('Shipments by status')).map(({ status, rows }) => [status, rows]))
  const due = Object.entries(Object.groupBy([...world.after().values()], row => String(row['status']))).map(([status, rows]) => [status, rows!.length]) // biome-ignore format: one line
  expect(counted, 'what "Shipments by status" prints, {"status","rows"} a line').toEqual(Object.fromEntries(due))
  const earlier = new Map((await lake.shipments.rows(Number(VERSION))).map(row => [String(row['shipment_id']), row]))
  compare(times(await linesOf('An earlier version')), earlier, 'what "An earlier version" prints')
})
