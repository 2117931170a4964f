/** What is known of a running platform: one file, removed when it goes. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { birthOf } from '../process/birth.ts'
import type { PlatformState } from './types.ts'

/** Where a platform keeps its state and logs: in the repository, ignored by git. `MILLRACE_PLATFORM` names another folder, for tests. */
export const platformDir = (root: string): string => process.env['MILLRACE_PLATFORM'] ?? join(root, '.millrace', 'platform')

const stateFile = (root: string): string => join(platformDir(root), 'state.json')

/** Writes the state in one step, readable by its owner alone. */
export function writeState(root: string, state: PlatformState): void {
  const file = stateFile(root)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
}

/** Takes the state away. */
export const removeState = (root: string): void => rmSync(stateFile(root), { force: true })

/** The running platform, or undefined. A state whose owner died counts for nothing and is removed. */
export function findState(root: string): PlatformState | undefined {
  let state: PlatformState
  try {
    state = JSON.parse(readFileSync(stateFile(root), 'utf8')) as PlatformState
  } catch {
    return undefined
  }
  if (state.engine === 'docker' || birthOf(state.pid) === state.birth) return state
  removeState(root)
  return undefined
}

/** The running platform. @throws CodedError MR-E-160 when there is none */
export function requireState(root: string): PlatformState {
  const state = findState(root)
  if (!state) throw new CodedError('MR-E-160', {})
  return state
}
