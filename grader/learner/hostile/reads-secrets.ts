// Tries to read what it may not: the grader, the solutions, the machine, other processes. PATHS: JSON list of files.
import {
  cpSync,
  createReadStream,
  existsSync,
  openAsBlob,
  opendirSync,
  promises,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statfsSync,
  watch,
} from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { attempt } from './attempt.ts'

const require = createRequire(import.meta.url)
for (const path of JSON.parse(process.env.PATHS!) as string[]) {
  await attempt(`read ${path}`, () => readFileSync(path, 'utf8'))
  await attempt(`read relative ${path}`, () => readFileSync(relative(process.cwd(), path), 'utf8'))
  await attempt(`read through scratch ${path}`, () => readFileSync(join(process.env.TMPDIR!, '../../../../../..', path), 'utf8'))
  await attempt(`promise ${path}`, () => promises.readFile(path, 'utf8'))
  await attempt(`stream ${path}`, () => text(createReadStream(path)))
  await attempt(`blob ${path}`, async () => (await openAsBlob(path)).text())
  await attempt(`cp ${path}`, () => cpSync(path, join(process.env.TMPDIR!, 'stolen')))
  await attempt(`require ${path}`, () => require(path))
  await attempt(`import ${path}`, () => import(path))
  await attempt(`list ${dirname(path)}`, () => readdirSync(dirname(path)))
  await attempt(`opendir ${dirname(path)}`, () => opendirSync(dirname(path)))
  await attempt(`realpath ${path}`, () => realpathSync.native(path))
  await attempt(`watch ${path}`, () => watch(path).close())
  await attempt(`.env ${path}`, () => process.loadEnvFile(path))
  await attempt(`exists ${path}`, () => {
    if (!existsSync(path)) throw new Error('hidden')
  })
}
await attempt('readlink /proc/self/exe', () => readlinkSync('/proc/self/exe'))
await attempt('statfs /', () => statfsSync('/').bsize)
await attempt('package.json of the grader', () => {
  const found = findPackageJSON('..', import.meta.url)
  if (!found || !existsSync(found)) throw new Error('hidden')
  return readFileSync(found, 'utf8')
})
