/** `pnpm platform` on the embedded engine: the platform is the process that `up` is. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'
import { birthOf } from '../process/birth.ts'
import { onEnd } from '../process/on-end.ts'
import { startProgress } from '../ui/progress.ts'
import { startEmbeddedPlatform } from './embedded.ts'
import { sayUp } from './render.ts'
import type { OnEngine } from './types.ts'

/** Milliseconds for an embedded platform to end after it was asked to. */
const DOWN_WITHIN = 20_000

/** Up stays in the foreground: whoever started it sees it end, and nothing of it outlives it. */
export const onEmbedded: OnEngine = {
  async up({ root, extras, from }) {
    const progress = startProgress()
    const ended = Promise.withResolvers<number>()
    let end = async (): Promise<void> => {}
    const release = onEnd(async () => {
      progress.stop()
      await end()
    })
    try {
      const began = performance.now()
      const { state } = await startEmbeddedPlatform({
        root,
        extras,
        from,
        onProgress: text => progress.update(text),
        onTrouble: text => console.error(`  ${text}`),
        owner: how => {
          end = how
        },
      })
      progress.stop()
      sayUp(state, performance.now() - began, 'in another terminal: pnpm platform smoke · status · logs · down; Ctrl-C here ends it')
      return await ended.promise // Only a signal ends it.
    } finally {
      progress.stop()
      await end()
      release()
    }
  },

  async logs({ logs }, part) {
    const names = readdirSync(logs).filter(name => name.endsWith('.log')).map(name => name.slice(0, -4)).sort() // biome-ignore format: one line
    if (part === undefined) return { names, text: '' }
    if (!names.includes(part)) return { names, text: undefined }
    return {
      names,
      text: readFileSync(join(logs, `${part}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-100)
        .join('\n'),
    }
  },

  async down(_, { pid, birth }) {
    process.kill(pid, 'SIGTERM')
    const deadline = performance.now() + DOWN_WITHIN
    while (birthOf(pid) === birth) {
      if (performance.now() > deadline) throw new CodedError('MR-E-165', { pid, seconds: DOWN_WITHIN / 1000 })
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    console.log('  the platform is down; nothing of it runs')
  },

  async reset(root, state) {
    if (state) await onEmbedded.down(root, state)
    console.log('  an embedded platform keeps no data: the next one begins empty')
  },
}
