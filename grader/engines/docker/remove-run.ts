/**
 * `node remove-run.ts <run id> <run folder>`: remove everything of a run from the engine. For those who end a run and cannot wait for promises;
 * a warden has an environment of its own, so where runs have their folders is told, not guessed from TMPDIR.
 */
import { dirname } from 'node:path'
import { notedVolumes } from '../../process/containers.ts'
import { askDocker } from './client.ts'
import { removeRun } from './sweep.ts'

const [runId, dir] = process.argv.slice(2)
if (runId && dir) {
  const volumes = notedVolumes(dir)
  await removeRun(runId, { settle: true, runs: dirname(dir) })
  // After the containers that may hold them; those that are gone already are no error.
  if (volumes.length > 0) await askDocker(['volume', 'rm', '--force', ...volumes])
}
