/** `pnpm images`: what this machine has of the images of the course; fetch, build and try them. */
import { defineCommand } from 'citty'
import { bytes } from '../checkup/finding.ts'
import { repositoryRoot } from '../course/root.ts'
import { requireEngine } from '../engines/docker/reachable.ts'
import { CodedError } from '../errors/coded-error.ts'
import { buildImages } from '../images/build.ts'
import { checkImages } from '../images/check.ts'
import { chooseImages, type KitImage, loadImages, withBases } from '../images/manifest.ts'
import { pullImages } from '../images/pull.ts'
import { type ImageState, imageStates } from '../images/state.ts'
import { onEnd } from '../process/on-end.ts'
import { nearest } from '../ui/nearest.ts'
import { startProgress } from '../ui/progress.ts'
import { table } from '../ui/table.ts'
import { terminalOf } from '../ui/terminal.ts'

const ACTIONS = ['list', 'pull', 'build', 'check']

/** `pnpm images [list|pull|build|check] [names]`: exit 0 when done, 1 when a check failed. */
export default defineCommand({
  meta: {
    name: 'images',
    description: 'The container images of the course: which are here, fetch or build them, try them',
    examples: [
      'pnpm images                  which images are here, pulled or built',
      'pnpm images pull postgres    fetch the official image',
      'pnpm images build            build all without an image registry (root on Linux, debootstrap)',
      'pnpm images check nginx      start it and have it do its job',
    ],
  } as never,
  args: {
    action: { type: 'positional', required: false, description: 'list (default), pull, build or check' },
    names: { type: 'positional', required: false, rest: true, description: 'images, e.g. postgres or postgres:17; default all' } as never,
    force: { type: 'boolean', description: 'build also what has not changed, or was pulled' },
    json: { type: 'boolean', description: 'print the outcome as JSON' },
  },
  async run({ args }) {
    const { action = 'list', force, json } = args as { action?: string; force?: boolean; json?: boolean }
    if (!ACTIONS.includes(action))
      throw new CodedError('MR-E-004', {
        message: `pnpm images has no "${action}"; did you mean ${nearest(action, ACTIONS) ?? ACTIONS.join(', ')}`,
      })
    const names = (args as { _: string[] })._.slice(1)
    const images = loadImages(repositoryRoot())
    const chosen = chooseImages(images, names)
    const { arch } = await requireEngine()
    const progress = startProgress({ quiet: json === true })
    const cancel = new AbortController()
    const release = onEnd(async () => cancel.abort())
    const common = { onProgress: (text: string) => progress.update(text), signal: cancel.signal }
    try {
      if (action === 'list') return show(await imageStates(chosen, images), json === true, () => progress.stop())
      const lines = await ACT[action as keyof typeof ACT](chosen, images, { ...common, arch, force: force === true })
      progress.stop()
      if (json) console.log(JSON.stringify(lines, null, 2))
      else
        for (const { ok, text } of lines)
          console.log(`  ${ok ? terminalOf().c.green(terminalOf().sym.pass) : terminalOf().c.red(terminalOf().sym.fail)} ${text}`)
      return lines.every(line => line.ok) ? 0 : 1
    } finally {
      progress.stop()
      release()
    }
  },
})

interface Line {
  ok: boolean
  text: string
}

interface Common {
  arch: string
  force: boolean
  onProgress: (text: string) => void
  signal: AbortSignal
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const ACT = {
  pull: (chosen: KitImage[], _: readonly KitImage[], options: Common): Promise<Line[]> => pullImages(chosen, options),
  async build(chosen: KitImage[], images: readonly KitImage[], options: Common): Promise<Line[]> {
    const built = await buildImages(withBases(images, chosen), images, options)
    return built.map(each => ({
      ok: true,
      text: `${each.image.image} ${each.did === 'built' ? `built in ${seconds(each.ms)}` : `kept: ${each.why}`}`,
    }))
  },
  async check(chosen: KitImage[], images: readonly KitImage[], options: Common): Promise<Line[]> {
    const checked = await checkImages(chosen, images, options)
    return checked.map(({ image, ok, text, ms }) => ({ ok, text: `${image.image}: ${text}${ok ? ` (${seconds(ms)})` : ''}` }))
  },
}

const WORDS: Record<ImageState['state'], string> = {
  missing: 'missing',
  local: 'built here',
  outdated: 'built here, recipe changed since',
  pulled: 'pulled',
}

function show(states: readonly ImageState[], json: boolean, ready: () => void): number {
  ready()
  const rows = states.map(found => ({
    name: found.image.name,
    image: found.image.image,
    state: found.state,
    bytes: found.state === 'missing' ? null : found.bytes,
    version: found.state === 'missing' ? null : (found.version ?? null),
    purpose: found.image.purpose,
    licence: found.image.licence,
    inside: found.image.inside,
    differs: found.image.differs,
  }))
  if (json) {
    console.log(JSON.stringify(rows, null, 2))
    return 0
  }
  const columns = [
    { header: 'name' },
    { header: 'image' },
    { header: 'here' },
    { header: 'size', align: 'right' as const },
    { header: 'what for', flexible: true },
  ]
  const cells = rows.map(({ name, image, state, bytes: size, purpose }) => [
    name,
    image,
    WORDS[state],
    size === null ? '' : bytes(size),
    purpose,
  ])
  console.log(`\n${table(terminalOf(), columns, cells, 2).join('\n')}\n`)
  const local = rows.filter(({ state }) => state === 'local' || state === 'outdated')
  if (local.length > 0) {
    console.log('  Built here, in the place of the official image:')
    for (const { image, version, differs } of local) console.log(`    ${image}  ${version ?? ''}; ${differs}`)
    console.log('')
  }
  if (rows.some(({ state }) => state === 'missing'))
    console.log('  `pnpm images pull` fetches what is missing; without an image registry: `pnpm images build`\n')
  return 0
}
