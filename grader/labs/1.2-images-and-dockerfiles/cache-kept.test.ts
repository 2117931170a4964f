import { randomUUID } from 'node:crypto'
import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { did, fail, inconclusive, kpi } from '../../kpi/index.ts'

/** A step that brings dependencies in: it runs an installer. The record is the build's own. */
const INSTALLS = /\b(pip|pip3|uv|poetry|pipenv|apt-get|apt)\b/

kpi('cache-kept', async ({ compose, learner, scratch }) => {
  const dir = join(scratch, 'copy')
  cpSync(learner.dir, dir, { recursive: true })
  await compose.image({ dir })
  // Text that no build has seen: the same seed would find the layers of an earlier run in the cache.
  appendFileSync(join(dir, 'app/report.py'), `\n# ${randomUUID()}\n`)
  const again = await compose.image({ dir })
  did('I built your Dockerfile, changed one line of app/report.py, built again, and read the record of the second build.')
  const installs = again.steps.filter(({ name }) => INSTALLS.test(name))
  if (installs.length === 0)
    fail({
      subject: 'steps that install dependencies',
      expected: 'at least one, by pip',
      saw: 'none in the record of the build',
      lookAt: 'Dockerfile',
    })
  const redone = installs.filter(({ cached }) => !cached).map(({ name }) => name)
  if (redone.length > 0)
    fail({
      subject: 'steps that install dependencies, after a change of the source only',
      expected: 'all from the cache',
      saw: `run again: ${redone.join('; ').slice(0, 200)}`,
      lookAt: 'Dockerfile',
    })
  if (again.steps.every(({ cached, name }) => cached || !/COPY/.test(name)))
    inconclusive('The change of the source was not seen by the build.')

  appendFileSync(join(dir, 'requirements.txt'), `# ${randomUUID()}\n`)
  const third = await compose.image({ dir })
  did('Then I changed requirements.txt and built once more.')
  if (third.steps.filter(({ name }) => /\bpip/.test(name)).every(({ cached }) => cached))
    fail({
      subject: 'the step that installs requirements.txt, after a change of that file',
      expected: 'run again',
      saw: 'from the cache',
      lookAt: 'Dockerfile',
    })
})
