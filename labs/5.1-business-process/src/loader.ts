import type { LoadConfig } from './config.ts'
import type { LoadReport } from './types.ts'

/**
 * Loads every *.csv file of `config.csvDir` in one transaction and says what became of the rows.
 * @throws UnusableInput (src/types.ts) when nothing can be loaded: no file, a broken header, other columns than the table has
 */
export async function loadFolder(config: LoadConfig): Promise<LoadReport> {
  throw new Error(`src/loader.ts loads nothing yet (from ${config.csvDir})`)
}
