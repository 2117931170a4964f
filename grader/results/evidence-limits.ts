/** Every limit on evidence, in one place, with what happens when it is hit. */
export const EVIDENCE = {
  /** Runs kept for each lab; the oldest beyond it are removed when a run is finished. */
  keepRuns: 30,
  /** Bytes kept for each lab; older runs beyond it are removed, the newest never. */
  keepBytes: 200 * 1024 * 1024,
  /** Bytes of one events.ndjson; later events are dropped and counted (`dropped`). */
  eventBytes: 64 * 1024 * 1024,
  /** Characters of an event's label; the middle is cut out. */
  labelChars: 2_000,
  /** Characters of an event's detail as JSON; beyond it the detail is replaced by a note. */
  detailChars: 8_000,
  /** Events read back for the timeline; see `readEvents`. */
  maxEvents: 50_000,
} as const
