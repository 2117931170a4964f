/** What goes in and what comes out. Given: not yours to change. */

/** A reading as it is judged. */
export interface Reading {
  vehicleId: string
  seq: number
  /** Seconds since 1970. */
  eventTime: number
  /** Hundredths of a degree, so that 9.01 − 7.01 is 200 and not 1.9999999999999996. */
  front: number
  /** null: the truck has no rear compartment. */
  rear: number | null
}

export type Compartment = 'front' | 'rear'
export type Rule = 'threshold' | 'rate-of-change' | 'silence'

/** An alert before it becomes a message. Times in seconds since 1970, the temperature in hundredths of a degree. */
export interface Alert {
  rule: Rule
  vehicleId: string
  compartment: Compartment | null
  dueAt: number
  since: number
  value: number | null
}

/** Why a message cannot be judged. */
export type Reason = 'unframed' | 'unknown-schema' | 'undecodable' | 'not-a-number' | 'unknown-vehicle' | 'too-late'
