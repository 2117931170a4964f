import { DataError } from './errors.ts'

/** The sizes and what each presets. Every preset can be overridden by the setting of the same name. */
export const SIZES = {
  xs: { depots: 4, vehicles: 3, shipments: 20, readings: 600, incidentEverySeconds: 40, tunnelEveryKm: 6 },
  s: { depots: 8, vehicles: 10, shipments: 300, readings: 10_000, incidentEverySeconds: 240, tunnelEveryKm: 12 },
  m: { depots: 16, vehicles: 50, shipments: 3_000, readings: 1_000_000, incidentEverySeconds: 3_600, tunnelEveryKm: 30 },
  l: { depots: 24, vehicles: 500, shipments: 30_000, readings: 100_000_000, incidentEverySeconds: 14_400, tunnelEveryKm: 40 },
} as const
export type Size = keyof typeof SIZES

/** Every number that can be set: what it is, its range, and its default where the size does not preset it. All are whole numbers. */
export const SETTINGS = {
  depots: { min: 2, max: 24, about: 'depots' },
  vehicles: { min: 1, max: 5_000, about: 'trucks; each sends one reading a second' },
  shipments: { min: 0, max: 1_000_000, about: 'shipments' },
  readings: { min: 1, max: 1_000_000_000, about: 'rows of the readings, duplicates and corrupt rows included' },
  incidentEverySeconds: {
    min: 1,
    max: 1_000_000,
    about: 'mean pause between two incidents of a truck (half to one and a half times this)',
  },
  tunnelEveryKm: { min: 3, max: 1_000, about: 'mean distance from one tunnel to the next (half to one and a half times this)' },
  duplicatePerMillion: { min: 0, max: 1_000_000, default: 5_000, about: 'readings that are sent twice, of a million' },
  corruptPerMillion: { min: 0, max: 1_000_000, default: 2_000, about: 'rows that are corrupt, of a million' },
  implausiblePerMillion: { min: 0, max: 1_000_000, default: 500, about: 'temperatures that are a sensor fault, of a million' },
  lateAfterSeconds: { min: 3, max: 86_400, default: 30, about: 'a row that arrives later than this after its event time is labelled late' },
  graceSeconds: { min: 1, max: 3_600, default: 60, about: 'rule threshold: time out of range that is tolerated' },
  rateWindowSeconds: { min: 1, max: 3_600, default: 60, about: 'rule rate-of-change: how far back a reading is compared' },
  rateDeltaCentiC: { min: 1, max: 10_000, default: 200, about: 'rule rate-of-change: the change that alerts, in hundredths of a degree' },
  rateHoldOffSeconds: { min: 0, max: 86_400, default: 300, about: 'rule rate-of-change: no second alert of a compartment before this' },
  silenceSeconds: { min: 2, max: 86_400, default: 120, about: 'rule silence: a longer pause than this alerts' },
} as const satisfies Record<string, { min: number; max: number; default?: number; about: string }>
export type Setting = keyof typeof SETTINGS

/** What to generate. Only `size` and `seed` are needed; any setting overrides what the size presets. */
export type GenerateOptions = { readonly size: Size; readonly seed: number } & { readonly [K in Setting]?: number }

/** The options with every setting filled in: the whole input of the generator. */
export type ResolvedOptions = { readonly size: Size; readonly seed: number } & { readonly [K in Setting]: number }

/** The settings that the rules have. */
export type RuleSettings = Pick<
  ResolvedOptions,
  'graceSeconds' | 'rateWindowSeconds' | 'rateDeltaCentiC' | 'rateHoldOffSeconds' | 'silenceSeconds'
>

/** Largest seed: seeds are unsigned 32-bit integers. */
export const MAX_SEED = 4_294_967_295

function whole(flag: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new DataError('MR-D-001', { flag, value, expected: `whole number from ${min} to ${max}`, example: `${flag} = ${min} … ${max}` })
}

/** Fills in presets and defaults. Throws MR-D-001 for a value out of its range and MR-D-002 for a setting that does not exist. */
export function resolveOptions(options: GenerateOptions): ResolvedOptions {
  const { size, seed, ...given } = options
  if (!Object.hasOwn(SIZES, size))
    throw new DataError('MR-D-001', { flag: 'size', value: size, expected: 'size', example: 'xs, s, m or l' })
  const resolved: Record<string, number | string> = { size, seed: whole('seed', seed, 0, MAX_SEED) }
  for (const name of Object.keys(given)) if (!Object.hasOwn(SETTINGS, name)) throw unknownSetting(name)
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const preset = (SIZES[size] as Record<string, number>)[name] ?? ('default' in setting ? setting.default : setting.min)
    resolved[name] = whole(name, given[name as Setting] ?? preset, setting.min, setting.max)
  }
  return resolved as ResolvedOptions
}

/** MR-D-002 with the setting whose name is nearest. */
export function unknownSetting(name: string): DataError {
  const shared = (other: string): number => {
    let same = 0
    while (same < name.length && name[same]?.toLowerCase() === other[same]?.toLowerCase()) same++
    return same
  }
  const [nearest] = Object.keys(SETTINGS).sort((a, b) => shared(b) - shared(a))
  return new DataError('MR-D-002', { name, nearest })
}
