import type { Terminal } from '../../ui/terminal.ts'

export interface RenderOptions {
  /** Where it will be printed; default: plain, Unicode, 80 columns. Only the terminal view reads it. */
  terminal?: Terminal
  /** The whole verdict in at most `terminal.height` lines, for watch mode. */
  compact?: boolean
  /** Rows to leave free in compact mode, e.g. for the keys. Default 0. */
  reserveRows?: number
  /** The lab, for what older results do not hold: its story. */
  lab?: { story: string }
  /** The timeline's path as printed; default: `latest/timeline.html` beside the evidence folder. */
  timeline?: string
}
