/** Values that must not pass as data, each with its reason. */
import { frame } from '../../../experiments/framed.ts'
import type { Random } from '../../../kpi/types.ts'

export interface Never {
  what: string
  value: Buffer | null
  reason: string
}

/** `good` is a framed reading of id `id`; `other` is the id of another subject's schema, of the same shape. */
export function neverData(good: Buffer, id: number, other: number, random: Random): Never[] {
  const body = good.subarray(5)
  const cut = random.int(1, body.length - 1)
  return [
    { what: 'no value', value: null, reason: 'unframed' },
    { what: 'no bytes', value: Buffer.alloc(0), reason: 'unframed' },
    { what: 'JSON text', value: Buffer.from('{"vehicle_id":"V-0001","front_c":4.2}'), reason: 'unframed' },
    { what: 'Avro without a frame', value: body, reason: 'unframed' },
    { what: 'four bytes', value: good.subarray(0, 4), reason: 'unframed' },
    { what: 'another first byte', value: Buffer.concat([Buffer.from([1]), good.subarray(1)]), reason: 'unframed' },
    { what: 'an id that nobody was given', value: frame(random.int(1_000_000, 2_000_000), body), reason: 'unknown-schema' },
    { what: 'the id of another topic’s schema', value: frame(other, body), reason: 'foreign-schema' },
    { what: 'a reading that is cut short', value: frame(id, body.subarray(0, cut)), reason: 'undecodable' },
    { what: 'a frame around nothing', value: frame(id, Buffer.alloc(0)), reason: 'undecodable' },
    { what: 'a reading with a byte too many', value: Buffer.concat([good, Buffer.from([0])]), reason: 'undecodable' },
  ]
}
