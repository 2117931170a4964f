/** `node testing-owner.ts <root> <run id>`: owns a learner and keeps its programs busy, until it is killed. For owner-killed.test.ts. */
import { join } from 'node:path'
import { warden } from '../process/warden.ts'
import { createLearner } from './index.ts'

const [root = '', runId = ''] = process.argv.slice(2)
const learner = createLearner({
  dir: join(root, 'workspace'),
  runId,
  runStart: Date.now(),
  evidenceDir: join(root, 'evidence'),
  warden: warden(),
  nodeModules: join(import.meta.dirname, '../../node_modules'),
  onEvent: () => {},
})
process.stdout.write('begun\n')
for (;;) {
  const programs = await learner.startMany(2, 'hostile/ignores-sigterm.ts', { readyWithin: 60_000 })
  programs[0]!.pause()
  void learner.run('hostile/loops-at-once.ts').catch(() => {})
  await programs[1]!.restart()
  programs[0]!.resume()
  await programs[0]!.kill()
}
