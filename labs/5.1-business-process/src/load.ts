/** Loads every CSV file of a folder and prints a report. Given: not yours to change. */
import { readLoadConfig } from './config.ts'
import { loadFolder } from './loader.ts'
import { UnusableInput } from './types.ts'

try {
  console.log(JSON.stringify(await loadFolder(readLoadConfig(process.env))))
} catch (error) {
  console.error(error instanceof UnusableInput ? error.message : error)
  process.exitCode = error instanceof UnusableInput ? 2 : 1
}
