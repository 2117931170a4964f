/** Loads every CSV file of a folder and prints a report. Given: not yours to change. */
import { readLoadConfig } from './config.ts'
import { told } from './errors.ts'
import { loadFolder } from './loader.ts'
import { UnusableInput } from './types.ts'

try {
  console.log(JSON.stringify(await loadFolder(readLoadConfig(process.env))))
} catch (error) {
  console.error(error instanceof UnusableInput ? error.message : told(error))
  process.exitCode = error instanceof UnusableInput ? 2 : 1
}
