/** `node end-run.ts <run id> <run folder>`: the warden's last act for a run. Ends its processes, removes its folder. */
import { endRun } from './strays.ts'

const [runId, dir] = process.argv.slice(2)
if (runId && dir) endRun(runId, dir)
