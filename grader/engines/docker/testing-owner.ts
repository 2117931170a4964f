/**
 * For the test that kills a grader: brings a project up, removes the container of its service `gone` with docker's own rm, prints the run's id
 * and the anonymous volume that this left, and waits to be killed. Arguments: lab folder, image.
 */
import { openRunDir } from '../../process/run.ts'
import { openProject } from './compose.ts'

const [labDir = '', image = ''] = process.argv.slice(2)
const run = openRunDir()
const project = await openProject({ runId: run.id, runDir: run.dir, labDir, images: [image] })
await project.up()
const [volume] = (await project.container('gone')).raw.Mounts.flatMap(({ Name }) => Name ?? [])
await project.compose(['rm', '--stop', '--force', 'gone'])
console.log(run.id, volume)
setInterval(() => {}, 60_000)
