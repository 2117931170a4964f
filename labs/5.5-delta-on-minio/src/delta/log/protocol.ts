import { DeltaError } from '../errors.ts'
import type { Schema } from '../schema/types.ts'
import type { Metadata, Protocol } from './actions.ts'

/** What new tables get: every client reads and writes it. */
export const PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 }

/** The writer features that writer version 2 amounts to. */
const WRITER_FEATURES = ['appendOnly', 'invariants']

const refuse = (url: string, verb: string, protocol: Protocol, features: readonly string[]) => {
  const { minReaderVersion: reader, minWriterVersion: writer } = protocol
  const named = features.length > 0 ? `, with the table features ${features.join(', ')}` : ''
  return new DeltaError(
    'DELTA_UNSUPPORTED_PROTOCOL',
    `To ${verb} ${url} takes reader version ${reader} and writer version ${writer}${named}.`,
  )
}

/** Throws `DELTA_UNSUPPORTED_PROTOCOL` where the table needs more of a reader than version 1. */
export function checkReadable(protocol: Protocol, url: string): void {
  const features = protocol.readerFeatures ?? []
  if (protocol.minReaderVersion !== 1 && !(protocol.minReaderVersion === 3 && features.length === 0))
    throw refuse(url, 'read', protocol, features)
}

/** Throws where the table needs more of a writer than version 2: newer protocol, invariants in SQL, another file format. */
export function checkWritable(protocol: Protocol, metadata: Metadata, schema: Schema, url: string): void {
  checkReadable(protocol, url)
  const unknown = (protocol.writerFeatures ?? []).filter(feature => !WRITER_FEATURES.includes(feature))
  if (!(protocol.minWriterVersion <= 2 || (protocol.minWriterVersion === 7 && unknown.length === 0)))
    throw refuse(url, 'write to', protocol, unknown)
  if (metadata.format.provider !== 'parquet')
    throw new DeltaError('DELTA_UNSUPPORTED_PROTOCOL', `The files of ${url} are ${metadata.format.provider}, not parquet.`)
  const field = schema.fields.find(({ metadata }) => metadata['delta.invariants'] !== undefined)
  if (field)
    throw new DeltaError(
      'DELTA_UNSUPPORTED_INVARIANT',
      `Column ${field.name} has the invariant ${String(field.metadata['delta.invariants'])}.`,
    )
}
