/** Corrupt rows of a data set as they come over Kafka, and the reason that each must get. */
import { ndjsonLine, type Row } from '../../../../datasets/index.ts'
import { frame } from '../../../experiments/framed.ts'
import type { FramedWriter } from '../../../experiments/streams/writer.ts'

/** An id that no registry has given out. */
const NOBODYS_ID = 0x7fff_0000

/** The bytes of a corrupt row, whose record would have been this one, and its reason. What arrives broken depends on what broke: a line of the wrong format, a cut frame, a value. */
export function broken({ write }: FramedWriter, record: object, row: Row): { value: Buffer; reason: string } {
  const whole = write(record)
  switch (row.corrupt) {
    case 'truncated':
      return { value: whole.subarray(0, whole.length - 1 - (row.damage % 20)), reason: 'undecodable' }
    case 'not-a-number':
      return { value: write({ ...record, front_c: Number.NaN }), reason: 'not-a-number' }
    case 'bad-time':
      return { value: Buffer.from(ndjsonLine(row)), reason: 'unframed' }
    case 'missing-field':
      return { value: frame(NOBODYS_ID, whole.subarray(5)), reason: 'unknown-schema' }
    case 'garbled':
      return { value: Buffer.concat([whole, Buffer.from('more')]), reason: 'undecodable' }
    default:
      return { value: write({ ...record, vehicle_id: 'V-9999' }), reason: 'unknown-vehicle' }
  }
}
