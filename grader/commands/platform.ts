/** `pnpm platform`: the whole platform of the course, as one thing. */
import { defineCommand } from 'citty'
import { repositoryRoot } from '../course/root.ts'
import type { EngineName } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { ACTIONS, type Asked } from '../platform/actions.ts'
import { extrasOf } from '../platform/names.ts'
import { nearest } from '../ui/nearest.ts'

/** `pnpm platform up|status|logs|smoke|down|reset`: exit 0 when it is as asked, else by the class of the error. */
export default defineCommand({
  meta: {
    name: 'platform',
    description: 'The whole platform: database, capture, Kafka, rules, lake, alerts, and what you add',
    examples: [
      'pnpm platform up                              start it; it runs until Ctrl-C',
      'pnpm platform up --with scheduler,limiter,chat    with the parts of level 6',
      'pnpm platform up --from labs                  from your own files',
      'pnpm platform up --engine docker              as containers, of compose/platform.yaml',
      'pnpm platform smoke                           follow one marked change through every hop',
      'pnpm platform status                          parts, addresses, state of each hop',
      'pnpm platform logs lake                       what one part has said',
      'pnpm platform down                            end it; docker keeps its volumes',
      'pnpm platform reset                           end it and remove its data and secrets',
    ],
  } as never,
  args: {
    action: { type: 'positional', required: false, description: `${Object.keys(ACTIONS).join(', ')}; default status` },
    part: { type: 'positional', required: false, description: 'logs: which part' },
    with: { type: 'string', description: 'further parts: scheduler, limiter, chat, spark (docker), or all', valueHint: 'PARTS' },
    engine: { type: 'enum', options: ['embedded', 'docker'], description: 'up, reset: what it runs on; default embedded' },
    from: { type: 'enum', options: ['solutions', 'labs'], description: 'up: whose labs the parts are; default solutions' },
    json: { type: 'boolean', description: 'status, smoke: print the outcome as JSON' },
  },
  async run({ args }) {
    const { action = 'status', part, json } = args as { action?: string; part?: string; json?: boolean }
    const act = ACTIONS[action]
    if (!act) {
      const names = Object.keys(ACTIONS)
      throw new CodedError('MR-E-004', {
        message: `pnpm platform has no "${action}"; did you mean ${nearest(action, names) ?? names.join(', ')}`,
      })
    }
    if (part !== undefined && action !== 'logs') throw new CodedError('MR-E-004', { message: `pnpm platform ${action} takes no "${part}"` })
    const engine = (args.engine as EngineName | undefined) ?? 'embedded'
    const asked: Asked = {
      root: repositoryRoot(),
      extras: extrasOf(args.with, engine),
      engine,
      from: (args.from as 'solutions' | 'labs' | undefined) ?? 'solutions',
      json: json === true,
      ...(part === undefined ? {} : { part }),
    }
    return act(asked)
  },
})
