/** What the programs print and publish. Given: not yours to change. */

/** Standard output of src/release.ts, one line of JSON. */
export interface Released {
  subject: string
  id: number
  version: number
}

/** Standard error of src/release.ts and src/producer.ts, one line of JSON, before they exit with 3. */
export interface Refusal {
  error: 'refused' | 'not-released'
  subject: string
  /** What the registry answered. */
  status: number
  /** The registry's own words. */
  message: string
}

/** Standard error of src/producer.ts for a line that is not sent, one line of JSON each. */
export interface Invalid {
  error: 'invalid'
  /** From 1. */
  line: number
  /** The first field that is wrong, in the order of the schema, then those that the schema has not; absent for what is no JSON object. */
  field?: string
}

/** Standard output of src/producer.ts, one line of JSON, at the end. */
export interface Sent {
  sent: number
  invalid: number
}

/** Standard output of src/consumer.ts, one line of JSON for each record that it could read. */
export interface Read {
  partition: number
  offset: number
  reading: Record<string, unknown>
}

/** In this order: the first that holds is the reason. */
export type Reason = 'unframed' | 'unknown-schema' | 'foreign-schema' | 'undecodable'

/** What src/consumer.ts publishes to the reject topic, as JSON, for each record that it could not read. */
export interface Reject {
  reason: Reason
  topic: string
  partition: number
  offset: number
  /** The record's value, base64; null where it has none. */
  value: string | null
}
