/** Experiments on lines/Dockerfile: a line taken out, or something changed between two builds. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BuildFailed, type BuiltImage } from '../../../engines/docker/built-image.ts'
import type { ComposeFixture } from '../../../engines/docker/fixture.ts'
import type { Question, Recorder } from '../../../experiments/predictions/types.ts'
import { type Started, start } from './container.ts'
import { ask, settled } from './service.ts'

export interface Bench {
  compose: Pick<ComposeFixture, 'image'>
  labDir: string
  scratch: string
  cleanup: (undo: () => unknown) => void
}

/** Where each line of the given file ends up; the options of the question, in this order. */
export const OUTCOMES = [
  'the build fails',
  'it ends at once',
  'it runs as root',
  'its log stays empty',
  'it does not know its version',
  'its health is not known',
  'no difference',
] as const

const FILE = 'lines/Dockerfile'

/** A copy of the lab folder, to change. */
function copy({ labDir, scratch }: Bench): string {
  const dir = mkdtempSync(join(scratch, 'lines-'))
  cpSync(labDir, dir, { recursive: true })
  return dir
}

/** What happens when one line is taken out of lines/Dockerfile; `line` is the line, or how it begins. */
export function without(id: string, line: string): Question<Bench> {
  return {
    id: `without-${id}`,
    ask: `In ${FILE}, the line \`${line}\`${line === 'HEALTHCHECK' ? ' (the whole of it)' : ''} is taken out. The image is built, and a container started with its port 8080 published. What do you see?`,
    async experiment(bench, record) {
      const dir = copy(bench)
      const lines = readFileSync(join(dir, FILE), 'utf8').split('\n')
      const at = lines.findIndex(candidate => candidate === line || candidate.startsWith(`${line} --`))
      if (at === -1) throw new Error(`${FILE} has no line ${line}`)
      writeFileSync(join(dir, FILE), lines.toSpliced(at, 1).join('\n'))
      record.saw(`line ${at + 1} of ${FILE} taken out: ${line}`)
      let image: BuiltImage
      try {
        image = await bench.compose.image({ dir, file: FILE })
      } catch (error) {
        if (!(error instanceof BuildFailed)) throw error
        record.ran(`docker build -f ${FILE} .`, error.reason, 1)
        return 'the build fails'
      }
      record.ran(`docker build -f ${FILE} .`, 'built')
      return observed(await start(image, bench.cleanup), record)
    },
  }
}

/** Looks at a container as the question's options describe it; the first that holds. */
async function observed(container: Started, record: Recorder): Promise<(typeof OUTCOMES)[number]> {
  const how = await settled(container)
  const logs = (await container.logs()).trim()
  if (how !== 'answers') {
    record.ran('docker run -d -p 8080 …', logs.split('\n').at(-1))
    record.saw(`the container ended with exit code ${how.exitCode}`)
    return 'it ends at once'
  }
  const about = (await ask(container, '/about')).text
  record.ran('curl /about', about)
  record.ran('docker logs', logs)
  const { uid, version } = JSON.parse(about) as { uid: number; version: string }
  const { health } = await container.state()
  record.saw(`docker inspect ${health === undefined ? 'knows no health of it' : 'tells its health'}`)
  if (uid === 0) return 'it runs as root'
  if (logs === '') return 'its log stays empty'
  if (version !== '1.4') return 'it does not know its version'
  return health === undefined ? 'its health is not known' : 'no difference'
}

interface Change {
  /** Done before the first build: text and what replaces it in lines/Dockerfile. */
  first?: [string, string]
  /** A comment is added to this file. */
  append?: string
  touch?: string
  /** Text of lines/Dockerfile, and what replaces it. */
  replace?: [string, string]
}

/** Is the pip step taken from the cache after a change? `what` says it as a clause: "a line of app/report.py is changed". */
export function changed(id: string, what: string, change: Change): Question<Bench> {
  return {
    id: `cached-after-${id}`,
    ask: `${FILE} has been built. Now ${what}, and it is built again. Is the step that runs pip taken from the cache?`,
    async experiment(bench, record) {
      const dir = copy(bench)
      // An environment of its own for pip's step: builds of other questions must not have filled the cache for this one.
      const edit = ([from, to]: [string, string]) => {
        const text = readFileSync(join(dir, FILE), 'utf8')
        if (!text.includes(from)) throw new Error(`${FILE} has no ${from}`)
        writeFileSync(join(dir, FILE), text.replace(from, to))
      }
      const unique = `${process.pid}-${performance.now()}`
      edit(['WORKDIR /build', `ENV EXPERIMENT=${unique}\nWORKDIR /build`])
      if (change.first) edit(change.first)
      await bench.compose.image({ dir, file: FILE })
      record.ran(`docker build -f ${FILE} .`, 'built')
      if (change.append) appendFileSync(join(dir, change.append), `\n# ${unique}\n`)
      if (change.touch) utimesSync(join(dir, change.touch), new Date(), new Date(Date.now() + 60_000))
      if (change.replace) edit(change.replace)
      record.saw(`now ${what}`)
      const again = await bench.compose.image({ dir, file: FILE })
      const steps = again.steps.filter(({ name }) => /\[.*\d+\/\d+\]/.test(name))
      record.ran(`docker build -f ${FILE} .`, told(steps))
      const pip = steps.find(({ name }) => /pip install/.test(name))
      if (!pip) throw new Error('the record of the build has no pip step')
      return pip.cached
    },
  }
}

/** What a build tells, a stage after the other: they run side by side. The base, which stages share and which is neither run nor cached, is left out. */
const told = (steps: readonly { name: string; cached: boolean }[]): string =>
  steps
    .filter(({ name }) => !name.includes('] FROM '))
    .map(({ name, cached }) => ({ name, line: `${cached ? 'CACHED' : 'run   '}  ${name}` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ line }) => line)
    .join('\n')
