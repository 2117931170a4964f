/** Names in `_delta_log` (protocol: Delta Log Entries, Checkpoints). */
export const LOG = '_delta_log/'
export const LAST_CHECKPOINT = `${LOG}_last_checkpoint`

const padded = (number: number, digits: number): string => String(number).padStart(digits, '0')

/** Path of a version's commit. */
export const commitPath = (version: number): string => `${LOG}${padded(version, 20)}.json`

/** Paths of a version's checkpoint: one, or `parts` of them. */
export const checkpointPaths = (version: number, parts = 1): string[] =>
  parts === 1
    ? [`${LOG}${padded(version, 20)}.checkpoint.parquet`]
    : Array.from(
        { length: parts },
        (_, index) => `${LOG}${padded(version, 20)}.checkpoint.${padded(index + 1, 10)}.${padded(parts, 10)}.parquet`,
      )

/** What a path in the log is; undefined for what readers ignore (checksums, compacted logs, UUID-named checkpoints, temporary files). */
export function parseLogPath(path: string): { kind: 'commit' | 'checkpoint'; version: number; part: number; parts: number } | undefined {
  const found = /^_delta_log\/(\d{20})\.(?:(json)|checkpoint\.(?:(\d{10})\.(\d{10})\.)?parquet)$/.exec(path)
  if (!found) return undefined
  const version = Number(found[1])
  if (!Number.isSafeInteger(version)) return undefined
  return { kind: found[2] ? 'commit' : 'checkpoint', version, part: Number(found[3] ?? 1), parts: Number(found[4] ?? 1) }
}
