import { type Random, randomStream } from '../prng.ts'
import { code } from '../text.ts'

/** Cargo classes: range of the compartment and set point of the thermostat, in hundredths of a degree Celsius. */
export const CARGO = {
  vaccine: { min: 200, max: 800, setPoint: 500 },
  salmon: { min: 0, max: 400, setPoint: 200 },
  frozen: { min: -2600, max: -1800, setPoint: -2050 },
} as const
export type Cargo = keyof typeof CARGO

export interface Vehicle {
  readonly index: number
  readonly vehicle_id: string
  readonly plate: string
  readonly homeDepot: number
  readonly model: string
  readonly payloadKg: number
  readonly tailLift: boolean
  readonly inServiceOn: string
  readonly front: Cargo
  readonly rear: Cargo | null
}

const MODELS = ['Volvo FH Electric', 'Scania R 450', 'Mercedes-Benz Actros', 'DAF XF', 'MAN TGX', 'Iveco "S-Way"'] as const
const PLATES = ['SU', 'EK', 'DR', 'HF', 'KH', 'VJ'] as const

/** The fleet. Three of four trucks have two compartments. */
export function makeVehicles(seed: number, count: number, depots: number): Vehicle[] {
  const random = randomStream(seed, 'vehicles')
  return Array.from({ length: count }, (_, index) => {
    const front = random.pick(['vaccine', 'salmon', 'frozen'] as const)
    return {
      index,
      vehicle_id: code('V', index + 1, 4),
      plate: `${PLATES[index % PLATES.length]} ${10_000 + ((index * 7_919 + seed) % 90_000)}`,
      homeDepot: random.below(depots),
      model: random.pick(MODELS),
      payloadKg: random.between(16, 52) * 500,
      tailLift: random.chance(700_000),
      inServiceOn: day(random),
      front,
      rear: random.chance(250_000) ? null : random.pick((['vaccine', 'salmon', 'frozen'] as const).filter(cargo => cargo !== front)),
    }
  })
}

const day = (random: Random): string =>
  `${random.between(2015, 2025)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`
