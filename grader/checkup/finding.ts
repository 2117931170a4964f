/** What `pnpm checkup` says about one thing. */
export interface Finding {
  /** Stable name for scripts, e.g. "memory". */
  id: string
  /** `note`: works, with a limit worth knowing. `problem`: grading does not work, or not reliably. */
  level: 'ok' | 'note' | 'problem'
  /** What was found, in one line. */
  text: string
  /** What to do about a note or problem: a command where there is one. */
  fix?: string
}

/** "3.2 GB", "140 MB": decimal units as disks are sold, binary ones would not change what to do. */
export function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`
  if (count >= 1e6) return `${Math.round(count / 1e6)} MB`
  return `${Math.ceil(count / 1e3)} kB`
}
