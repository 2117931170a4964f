import { DeltaError } from '../errors.ts'
import type { Action } from './actions.ts'
import { checkAction } from './check-action.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })
const MAX_COMMIT_BYTES = 256 << 20

/** The actions of a commit: one JSON document a line. Throws `DELTA_LOG_DAMAGED`, naming file and line. */
export function parseCommit(bytes: Uint8Array, file: string): Action[] {
  if (bytes.length > MAX_COMMIT_BYTES)
    throw new DeltaError('DELTA_LIMIT_EXCEEDED', `${file} has ${bytes.length} bytes; ${MAX_COMMIT_BYTES} is the limit.`)
  const actions: Action[] = []
  let line = 0
  try {
    for (const text of utf8.decode(bytes).split('\n')) {
      line++
      if (text.trim() !== '') actions.push(checkAction(JSON.parse(text)))
    }
  } catch (cause) {
    throw new DeltaError('DELTA_LOG_DAMAGED', `${file}:${line}: ${(cause as Error).message}.`, { cause })
  }
  return actions
}

/** The bytes of a commit. */
export const formatCommit = (actions: readonly Action[]): Uint8Array =>
  Buffer.from(actions.map(action => `${JSON.stringify(action)}\n`).join(''))
