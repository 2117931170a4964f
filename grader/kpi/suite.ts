/** The one file Vitest runs: it registers the KPI tests of the plan in the plan's order, so that locks and failed-first hold. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'vitest'
import { readPlan } from './plan.ts'

const plan = readPlan()
writeFileSync(join(plan.runDir, 'worker.pid'), String(process.pid))

for (const { id, file } of plan.kpis) {
  if (id in plan.settled) continue
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href)
  } catch (error) {
    test(id, () => {
      throw error
    })
  }
}
