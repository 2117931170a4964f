/** `pnpm platform` on containers: `up` returns when all is healthy; the volumes outlive `down`. */
import { existsSync } from 'node:fs'
import { onEnd } from '../process/on-end.ts'
import { startProgress } from '../ui/progress.ts'
import { abandonDockerPlatform, compose, startDockerPlatform, stopDockerPlatform } from './docker.ts'
import { sayUp } from './render.ts'
import { settingsFile } from './settings.ts'
import type { OnEngine } from './types.ts'

export const onDocker: OnEngine = {
  async up({ root, extras, from }) {
    const progress = startProgress()
    const cancel = new AbortController()
    const release = onEnd(async () => {
      progress.stop()
      cancel.abort()
      abandonDockerPlatform(root)
    })
    try {
      const began = performance.now()
      const state = await startDockerPlatform({ root, extras, from, onProgress: text => progress.update(text), signal: cancel.signal })
      progress.stop()
      sayUp(state, performance.now() - began, 'pnpm platform smoke · status · logs; down ends it and keeps its volumes, reset removes them')
      return 0
    } finally {
      progress.stop()
      release()
    }
  },

  async logs(_, part, root) {
    const names = (await compose(root, ['config', '--services'])).split('\n').filter(name => name !== '').sort() // biome-ignore format: one line
    if (part === undefined) return { names, text: '' }
    if (!names.includes(part)) return { names, text: undefined }
    return { names, text: (await compose(root, ['logs', '--no-color', '--no-log-prefix', '--tail', '100', part])).trimEnd() }
  },

  async down(root) {
    await stopDockerPlatform(root, { volumes: false })
    console.log('  the platform is down; its volumes stay: pnpm platform up --engine docker goes on, pnpm platform reset removes them')
  },

  async reset(root) {
    if (!existsSync(settingsFile(root))) return
    await stopDockerPlatform(root, { volumes: true })
    console.log('  containers, networks, volumes and secrets of the platform are removed')
  },
}
