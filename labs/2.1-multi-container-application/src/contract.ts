/** What the API needs of vehicles.ts. Given. */
export interface Vehicle {
  id: string
  plate: string
  payload_kg: number
}

/** Rejects with an error that says what did not answer when the database cannot be reached. */
export interface Vehicles {
  /** The vehicle, and where it was found; undefined when there is none. */
  find(id: string): Promise<{ vehicle: Vehicle; from: 'cache' | 'database' } | undefined>
  /** Changes a vehicle that is there; false when there is none. The next `find` sees the change. */
  change(vehicle: Vehicle): Promise<boolean>
}
