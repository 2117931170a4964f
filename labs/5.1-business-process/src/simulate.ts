/** Runs Fjordline's business until nothing is left to do and prints a report. Given: not yours to change. */
import { readSimulateConfig } from './config.ts'
import { told } from './errors.ts'
import { runBusiness } from './process/business.ts'

try {
  console.log(JSON.stringify(await runBusiness(readSimulateConfig(process.env))))
} catch (error) {
  console.error(told(error))
  process.exitCode = 1
}
