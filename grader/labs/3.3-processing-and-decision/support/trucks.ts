/** Trucks of the KPIs: those of a data set, and made ones with the compartments that an experiment needs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate, tableLines } from '../../../../datasets/index.ts'
import type { Cargo, Vehicle } from '../../../../datasets/world/vehicles.ts'

export type Truck = Vehicle

/** A truck that no data set has. Numbers from 5000 on are free. */
export function truck(number: number, front: Cargo = 'vaccine', rear: Cargo | null = null): Truck {
  const rest = { plate: `KP ${number}`, homeDepot: 0, model: 'MAN TGX', payloadKg: 8000, tailLift: true, inServiceOn: '2024-01-15' }
  return { index: number, vehicle_id: `V-${number}`, front, rear, ...rest }
}

/** Writes vehicles.csv of these trucks into a folder; gives its path. */
export function writeFleet(folder: string, trucks: readonly Truck[]): string {
  const path = join(folder, 'vehicles.csv')
  const world = generate({ size: 'xs', seed: 1 })
  writeFileSync(path, [...tableLines({ ...world, vehicles: trucks.map(one => ({ ...one, homeDepot: 0 })) }, 'vehicles')].join(''))
  return path
}
