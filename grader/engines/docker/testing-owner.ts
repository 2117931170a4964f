/** For the test that kills a grader: brings a project up, prints the run's id, and waits to be killed. Arguments: lab folder, image. */
import { openRunDir } from '../../process/run.ts'
import { openProject } from './compose.ts'

const [labDir = '', image = ''] = process.argv.slice(2)
const run = openRunDir()
const project = await openProject({ runId: run.id, runDir: run.dir, labDir, images: [image] })
await project.up()
console.log(run.id)
setInterval(() => {}, 60_000)
