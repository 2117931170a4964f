/**
 * `node remove-run.ts <run id> <run folder>`: remove everything of a run from the engine. For those who end a run and cannot wait for promises;
 * a warden has an environment of its own, so where runs have their folders is told, not guessed from TMPDIR.
 */
import { dirname } from 'node:path'
import { removeRun } from './sweep.ts'

const [runId, dir] = process.argv.slice(2)
if (runId && dir) await removeRun(runId, { settle: true, runs: dirname(dir) })
