/** What server.ts and store.ts agree on. Given. */

export interface Booking {
  id: string
  shipment: string
}

export interface Found extends Booking {
  source: 'database' | 'cache'
}

export type Dependency = 'database' | 'cache'

export interface BookingStore {
  /** Resolves when booking and charge are committed. The same id twice is one booking. */
  book(booking: Booking): Promise<void>
  /** Undefined when there is no such booking. */
  find(id: string): Promise<Found | undefined>
  /** What is out of order now. */
  down(): Dependency[]
}

/** Certain: nothing was done, and nothing will be. Answered with 503. */
export class Unavailable extends Error {}

/** Not certain: COMMIT was sent, and nothing came back. Answered with 504; the client asks again with the same id. */
export class OutcomeUnknown extends Error {}
