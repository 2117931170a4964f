/** Builds images of the kit without an image registry. */

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { askDocker, DockerFailure, docker } from '../engines/docker/client.ts'
import { CodedError } from '../errors/coded-error.ts'
import { hostSettings } from './host-settings.ts'
import type { KitImage } from './manifest.ts'
import { recipeHash } from './recipe-hash.ts'
import { imageStates, LABEL } from './state.ts'
import { VERSION_OF } from './versions.ts'

const run = promisify(execFile)
/** Milliseconds for one image: MinIO takes minutes to compile, on a busy machine half an hour. */
const WITHIN = 45 * 60_000

export interface BuildOptions {
  /** Of the engine: "amd64", "arm64". */
  arch: string
  /** Build also what is there: a build of the same recipe, or a pulled image. */
  force?: boolean
  onProgress?: (text: string) => void
  signal?: AbortSignal
}

/** What became of one image. */
export type Built = { image: KitImage; did: 'built'; ms: number } | { image: KitImage; did: 'kept'; why: string }

/**
 * Build the chosen images, bases first; one whose recipe has not changed, or that was pulled, is kept.
 * @throws CodedError MR-E-123 with the last lines of the build
 */
export async function buildImages(chosen: readonly KitImage[], images: readonly KitImage[], options: BuildOptions): Promise<Built[]> {
  const done: Built[] = []
  for (const image of chosen) {
    const [found] = await imageStates([image], images)
    if (!options.force && found?.state === 'local') done.push({ image, did: 'kept', why: 'its recipe has not changed' })
    else if (!options.force && found?.state === 'pulled') done.push({ image, did: 'kept', why: 'it was pulled' })
    else {
      const began = performance.now()
      await buildOne(image, recipeHash(image, images), options)
      done.push({ image, did: 'built', ms: Math.round(performance.now() - began) })
    }
  }
  return done
}

async function buildOne(image: KitImage, hash: string, options: BuildOptions): Promise<void> {
  const log: string[] = []
  const onLine = (line: string) => {
    log.push(line)
    if (log.length > 30) log.shift()
    // "#7 12.3 Setting up nginx" of BuildKit: the step's own words are what is going on.
    options.onProgress?.(`${image.name}: ${line.replace(/^#\d+ (\d+\.\d+ )?/, '')}`)
  }
  const unfinished = `millrace-unfinished/${image.name}:${hash}`
  const dir = mkdtempSync(join(tmpdir(), 'millrace-image-'))
  const cancel = options.signal ? { signal: options.signal } : {}
  try {
    if (existsSync(join(image.recipe, 'bootstrap.sh'))) await bootstrap(image, dir, unfinished, onLine, cancel)
    else {
      cpSync(image.recipe, join(dir, 'context'), { recursive: true })
      await fetchPackages(image, join(dir, 'context'), options.arch, onLine)
      await docker(['build', '--progress=plain', ...hostSettings(), '--tag', unfinished, join(dir, 'context')], {
        within: WITHIN,
        env: { DOCKER_BUILDKIT: '1' },
        onLine,
        ...cancel,
      })
    }
    await label(image, hash, unfinished)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = error instanceof DockerFailure ? error.said.split('\n').at(-1)! : error.message.split('\n')[0]!
    throw new CodedError('MR-E-123', { image: image.image, name: image.name, message, log: log.slice(-8).join(' | ') }, { cause: error })
  } finally {
    rmSync(dir, { recursive: true, force: true })
    await askDocker(['image', 'rm', unfinished]).catch(() => {})
  }
}

/** The base: a root file system made on the host. */
async function bootstrap(
  image: KitImage,
  dir: string,
  tag: string,
  onLine: (line: string) => void,
  cancel: { signal?: AbortSignal },
): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('the base is made by debootstrap, as root on Linux; elsewhere pull it')
  onLine('debootstrap (half a minute)')
  const rootfs = join(dir, 'rootfs')
  await run('sh', [join(image.recipe, 'bootstrap.sh'), rootfs], {
    timeout: WITHIN,
    killSignal: 'SIGKILL',
    maxBuffer: 64 << 20,
    ...cancel,
  }).catch(error => {
    const { code, stdout, stderr } = error as { code?: string; stdout?: string; stderr?: string }
    for (const line of `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').slice(-8)) if (line) onLine(line)
    throw code === 'ENOENT' ? new Error('debootstrap is not installed (apt-get install debootstrap)') : error
  })
  onLine('importing the file system')
  const archive = join(dir, 'rootfs.tar')
  await run('tar', ['-C', rootfs, '-cf', archive, '.'], { timeout: WITHIN, killSignal: 'SIGKILL', ...cancel })
  await docker(['import', '--change', 'CMD ["bash"]', archive, tag], { within: WITHIN, ...cancel })
}

/** Packages of npm, by the host's npm with its settings, unpacked below files/ under their name without version and platform. */
async function fetchPackages(image: KitImage, context: string, arch: string, onLine: (line: string) => void): Promise<void> {
  const platform = arch === 'amd64' ? 'x64' : arch
  for (const wanted of image.files) {
    const spec = wanted.replace('{arch}', platform)
    onLine(`fetching ${spec}`)
    const into = join(context, 'files')
    mkdirSync(into, { recursive: true })
    await run('npm', ['pack', '--silent', '--pack-destination', into, spec], { timeout: 5 * 60_000, killSignal: 'SIGKILL' })
    const archive = readdirSync(into).find(name => name.endsWith('.tgz'))!
    await run('tar', ['-C', into, '-xzf', join(into, archive)])
    rmSync(join(into, archive))
    renameSync(join(into, 'package'), join(into, wanted.replace(/@[^@]*$/, '').replace(/-linux-\{arch\}$/, '')))
  }
}

/** What is inside is asked of the image itself; then it gets its labels and its name. */
async function label(image: KitImage, hash: string, unfinished: string): Promise<void> {
  const [program = '', ...args] = VERSION_OF[image.name] ?? []
  const asked = program ? await askDocker(['run', '--rm', '--network=none', '--entrypoint', program, unfinished, ...args]) : undefined
  if (asked && asked.code !== 0) throw new DockerFailure(['run', unfinished], asked.code, asked.stderr)
  const version = `${asked?.stdout ?? ''}${asked?.stderr ?? ''}`.trim().split('\n')[0]!
  const labels = { [LABEL.local]: image.image, [LABEL.recipe]: hash, [LABEL.version]: version, [LABEL.differs]: image.differs }
  const text = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  await docker(['build', '--tag', image.image, '-'], {
    input: `FROM ${unfinished}\nLABEL ${text.join(' ')}\n`,
    env: { DOCKER_BUILDKIT: '1' },
    within: 120_000,
  })
}
