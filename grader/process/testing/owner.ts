/** For tests: owns a run with the services named in its arguments, says how far it is, and waits to be killed. */

import type { ServiceName } from '../../course/types.ts'
import { startEmbedded } from '../../engines/embedded/index.ts'
import { openRunDir } from '../run.ts'

const run = openRunDir()
console.log(JSON.stringify({ id: run.id, dir: run.dir }))
const engine = await startEmbedded(process.argv.slice(2) as ServiceName[], { runId: run.id, runDir: run.dir })
console.log(JSON.stringify({ endpoints: engine.endpoints }))
setInterval(() => {}, 1000)
