/** What the ground truth says: labels, reasons, alerts and incidents. README.md is compared with it cell by cell. */

export const LABELS = {
  late: 'ingest_time − event_time is more than `lateAfterSeconds`',
  duplicate: 'an earlier row carries the same (vehicle_id, seq) and, but for ingest_time, the same values',
  corrupt: 'the row breaks the contract of the readings; `reason` says how; it has no other label and is never sent again',
  'out-of-range': 'a plausible temperature is below min or above max of its compartment; `out_of_range` says which',
  implausible: 'a sensor fault: a temperature below −40.00 or above 60.00 °C; `implausible` says which',
} as const
export type LabelName = keyof typeof LABELS

export const CORRUPT_REASONS = {
  truncated: 'the line stops early: fewer columns, or JSON that does not close',
  'not-a-number': 'front_c is `ERR` (a JSON string in NDJSON)',
  'bad-time': 'event_time has an hour of 25 or a day of 32: no such instant',
  'missing-field': 'vehicle_id is empty (null in NDJSON)',
  garbled: 'vehicle_id holds U+FFFD, the replacement character',
  'unknown-vehicle': 'well formed, but vehicle_id is `V-9999`, which vehicles.csv does not have',
} as const
export type CorruptReason = keyof typeof CORRUPT_REASONS

export const RULES = {
  threshold: 'a compartment stays out of its range for `graceSeconds`',
  'rate-of-change': 'a compartment changes by `rateDeltaCentiC` or more within `rateWindowSeconds`',
  silence: 'a vehicle sends nothing for more than `silenceSeconds`',
} as const
export type RuleName = keyof typeof RULES

export const INCIDENTS = {
  tunnel: 'no signal: readings are kept and sent in a burst at the exit, while live ones go on',
  'cooling-failure': 'the temperature drifts by 1.0–1.5 °C a minute out of the range and comes back',
  'door-open': 'the truck stands, the door is open, the temperature just crosses the limit and comes back',
  jump: 'the temperature moves by 2.3–3.5 °C in well under a minute, then comes back slowly',
  dropout: 'the device is off: readings are not made (seq has no gap), now and then just short of the silence limit',
} as const
export type IncidentName = keyof typeof INCIDENTS

export type Compartment = 'front' | 'rear'

/** One line of truth/labels.ndjson: a row of the readings that is anything but clean. */
export interface Label {
  /** 1 for the first reading: line `row` of readings.ndjson, line `row + 1` of readings.csv. */
  readonly row: number
  readonly vehicle_id: string
  readonly seq: number
  readonly event_time: string
  readonly labels: readonly LabelName[]
  readonly delay_ms?: number
  readonly duplicate_of?: number
  readonly reason?: CorruptReason
  readonly out_of_range?: readonly Compartment[]
  readonly implausible?: readonly Compartment[]
}

/** One line of truth/alerts.ndjson. */
export interface Alert {
  readonly rule: RuleName
  readonly vehicle_id: string
  /** null for silence: it is the vehicle that is silent. */
  readonly compartment: Compartment | null
  /** Event time at which the alert is due. */
  readonly due_at: string
  /** threshold: first reading out of range; rate-of-change: the reading it is measured from; silence: the last reading heard. */
  readonly since: string
  /** Temperature of the reading that makes the alert due; null for silence. */
  readonly value_c: number | null
}

/** One line of truth/incidents.ndjson: what was done to a truck, whether or not a rule notices. */
export interface Incident {
  readonly incident: IncidentName
  readonly vehicle_id: string
  readonly compartment: Compartment | null
  readonly started_at: string
  /** null: not over when the readings stop. */
  readonly ended_at: string | null
}

export const LABEL_FIELDS = {
  row: '1 for the first reading: line `row` of readings.ndjson, line `row` + 1 of readings.csv',
  vehicle_id: 'as sent by the device, before any corruption',
  seq: 'as sent by the device, before any corruption',
  event_time: 'as sent by the device, before any corruption',
  labels: 'one or more of the labels below',
  delay_ms: 'with late: ingest_time − event_time',
  duplicate_of: 'with duplicate: the row that it repeats',
  reason: 'with corrupt: one of the reasons below',
  out_of_range: 'with out-of-range: `front`, `rear`',
  implausible: 'with implausible: `front`, `rear`',
} as const satisfies Record<keyof Label, string>

export const ALERT_FIELDS = {
  rule: '`threshold`, `rate-of-change` or `silence`',
  vehicle_id: 'references vehicles.vehicle_id',
  compartment: '`front` or `rear`; null with silence',
  due_at: 'event time at which the alert is due; the lines are in this order',
  since: 'event time: first reading out of range; reading that the change is measured from; last reading heard',
  value_c: 'temperature of the reading that makes the alert due; null with silence',
} as const satisfies Record<keyof Alert, string>

export const INCIDENT_FIELDS = {
  incident: 'one of the incidents below',
  vehicle_id: 'references vehicles.vehicle_id',
  compartment: '`front` or `rear`; null with tunnel and dropout',
  started_at: 'event time of the first second',
  ended_at: 'event time of the first second after it; null when the readings stop before; the lines are in order of their end',
} as const satisfies Record<keyof Incident, string>
