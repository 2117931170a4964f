import type { Random } from '../prng.ts'
import { CARGO, type Cargo } from '../world/vehicles.ts'

const WAVE_SECONDS = 600
const WAVE_MILLI = 200
const NOISE_CENTI = 5

/**
 * The air of one compartment: set point + the compressor's slow triangle wave + what incidents do + sensor noise.
 * Milli-degrees inside, hundredths of a degree outside; whole numbers only.
 */
export class Climate {
  readonly cargo: Cargo
  readonly #random: Random
  readonly #phase: number
  #offset = 0
  #goal = 0
  #rate = 0

  constructor(cargo: Cargo, random: Random) {
    this.cargo = cargo
    this.#random = random
    this.#phase = random.below(WAVE_SECONDS)
  }

  /** Moves the air towards `goal` (milli-degrees from the set point) by `rate` milli-degrees a second. */
  drive(goal: number, rate: number): void {
    this.#goal = goal
    this.#rate = rate
  }

  /** True when the air is where `drive` sent it. */
  get settled(): boolean {
    return this.#offset === this.#goal
  }

  /** Milli-degrees from the set point to the limit of the range, above (1) or below (−1). */
  distanceToLimit(direction: 1 | -1): number {
    const { min, max, setPoint } = CARGO[this.cargo]
    return 10 * (direction === 1 ? max - setPoint : setPoint - min)
  }

  /** One second passes. */
  step(): void {
    const way = this.#goal - this.#offset
    this.#offset += Math.max(-this.#rate, Math.min(this.#rate, way))
  }

  /** What the sensor says at second `t`, in hundredths of a degree. */
  measure(t: number): number {
    const x = (t + this.#phase) % WAVE_SECONDS
    const half = WAVE_SECONDS / 2
    const wave = Math.trunc((Math.abs(x - half) * 2 * WAVE_MILLI) / half) - WAVE_MILLI
    return CARGO[this.cargo].setPoint + Math.trunc((this.#offset + wave) / 10) + this.#random.between(-NOISE_CENTI, NOISE_CENTI)
  }
}
