/** `node remove-run.ts <run id>`: remove everything of a run from the engine. For those who end a run and cannot wait for promises. */
import { removeRun } from './sweep.ts'

const [runId] = process.argv.slice(2)
if (runId) await removeRun(runId)
