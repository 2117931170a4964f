/** The course's levels by number: the first part of a lab's id. */
export const LEVELS: Readonly<Record<number, string>> = {
  1: 'Docker foundations',
  2: 'Compose as a system',
  3: 'Distributed data pipeline',
  4: 'Operability',
  5: 'Mini data platform',
  6: 'Infrastructure mastery',
  7: 'Real-time streaming',
  8: 'From scratch',
  9: 'Professional layers and the capstone',
}

/** 6 of "6.2". */
export const levelOf = (labId: string): number => Number(labId.split('.')[0])
