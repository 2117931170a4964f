/** What outlives the process: the plan of the batch under way, and the state after the last one that is done. */
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ranges } from './types.ts'
import type { WindowsState } from './windows.ts'

/** After batch `batch`: where each partition goes on, and the windows that are open. */
export interface State {
  batch: number
  next: Record<number, number>
  windows: WindowsState
}

/** What batch `batch` takes. */
export interface Plan {
  batch: number
  ranges: Ranges
}

/** Two files in a folder. Each is replaced as a whole: it holds the old content or the new, never a part. */
export class Checkpoint {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  /** undefined: there was no batch yet. */
  state(): Promise<State | undefined> {
    return this.#read('state.json')
  }

  /** The plan of a batch that may have been begun. */
  plan(): Promise<Plan | undefined> {
    return this.#read('plan.json')
  }

  /** To be called before a batch is read: whoever repeats it takes the same messages. */
  writePlan(plan: Plan): Promise<void> {
    return this.#write('plan.json', plan)
  }

  /** To be called when what the batch puts out is acknowledged. */
  writeState(state: State): Promise<void> {
    return this.#write('state.json', state)
  }

  async #read<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#dir, name), 'utf8')) as T
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async #write(name: string, content: unknown): Promise<void> {
    const path = join(this.#dir, name)
    await synced(await open(`${path}.new`, 'w'), file => file.writeFile(JSON.stringify(content)))
    await rename(`${path}.new`, path)
    await synced(await open(this.#dir), async () => {})
  }
}

async function synced(file: FileHandle, write: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}
