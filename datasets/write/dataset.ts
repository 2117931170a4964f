import { DataError } from '../errors.ts'
import { csvLine, ndjsonLine, READINGS_HEADER } from '../format.ts'
import { type Dataset, generate } from '../generate.ts'
import type { GenerateOptions } from '../options.ts'
import { tableLines } from '../tables.ts'
import { DATASET_FILES, type DatasetFile, MANIFEST, OutputDirectory } from './directory.ts'
import { type Manifest, Tally } from './manifest.ts'
import { FileSink } from './sink.ts'

export type Format = 'csv' | 'ndjson' | 'both'

export interface WriteOptions {
  readonly out: string
  /** Which files of readings to write; default both. */
  readonly format?: Format
  /** Replace the data set in `out`. */
  readonly force?: boolean
  /** Called after each chunk of readings. */
  readonly onProgress?: (rows: number, total: number) => void
  /** Aborted: the run stops at the next chunk, removes what it wrote and throws MR-D-006. */
  readonly signal?: AbortSignal
}

/**
 * Writes a data set and its manifest. Files get their names when all are complete, the manifest last; on any error nothing is left behind.
 * Throws MR-D-001 … MR-D-008, see README.md.
 */
export async function writeDataset(options: GenerateOptions, to: WriteOptions): Promise<Manifest> {
  const dataset = generate(options)
  const directory = await OutputDirectory.prepare(to.out, to.force ?? false)
  const sinks = new Map<string, FileSink>()
  try {
    for (const name of filesOf(to.format ?? 'both')) sinks.set(name, await FileSink.open(directory.path, name))
    for (const table of ['depots', 'vehicles', 'shipments'] as const) await writeTable(dataset, table, sinks.get(`${table}.csv`)!)
    const tally = await writeStream(dataset, sinks, to)

    const facts = []
    for (const sink of sinks.values()) facts.push(await sink.close())
    const manifest = tally.manifest(dataset, facts)
    const manifestSink = await FileSink.open(directory.path, MANIFEST)
    sinks.set(MANIFEST, manifestSink)
    manifestSink.push(`${JSON.stringify(manifest, null, 2)}\n`)
    await manifestSink.close()

    await directory.removeOld([...sinks.keys()])
    for (const sink of sinks.values()) await sink.publish()
    return manifest
  } catch (error) {
    for (const sink of sinks.values()) await sink.discard()
    await directory.undo()
    throw error
  }
}

function filesOf(format: Format): DatasetFile[] {
  const left = format === 'csv' ? 'readings.ndjson' : format === 'ndjson' ? 'readings.csv' : null
  return DATASET_FILES.filter(name => name !== left)
}

async function writeTable(dataset: Dataset, table: 'depots' | 'vehicles' | 'shipments', sink: FileSink): Promise<void> {
  let isRecord = false
  for (const line of tableLines(dataset, table)) {
    if (sink.push(line, isRecord)) await sink.flush()
    isRecord = true
  }
}

async function writeStream(dataset: Dataset, sinks: ReadonlyMap<string, FileSink>, to: WriteOptions): Promise<Tally> {
  const tally = new Tally()
  const total = dataset.options.readings
  const csv = sinks.get('readings.csv')
  const ndjson = sinks.get('readings.ndjson')
  const [labels, alerts, incidents] = (['labels', 'alerts', 'incidents'] as const).map(name => sinks.get(`truth/${name}.ndjson`)!) as [
    FileSink,
    FileSink,
    FileSink,
  ]
  csv?.push(READINGS_HEADER, false)
  const flush = async (sink: FileSink): Promise<void> => {
    await sink.flush()
    to.onProgress?.(tally.rows, total)
    if (to.signal?.aborted) throw new DataError('MR-D-006', { rows: tally.rows, total })
  }

  for (const item of dataset.stream()) {
    tally.count(item)
    if (item.kind === 'row') {
      if (csv?.push(csvLine(item.row))) await flush(csv)
      if (ndjson?.push(ndjsonLine(item.row))) await flush(ndjson)
      if (item.label !== null && labels.push(line(item.label))) await flush(labels)
    } else if (item.kind === 'alert') {
      if (alerts.push(line(item.alert))) await flush(alerts)
    } else if (incidents.push(line(item.incident))) await flush(incidents)
  }
  if (to.signal?.aborted) throw new DataError('MR-D-006', { rows: tally.rows, total })
  return tally
}

const line = (value: object): string => `${JSON.stringify(value)}\n`
