import { defineCommand } from 'citty'
import { findLab, loadLabs } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import { sealStarter } from '../course/starter.ts'

/** `pnpm millrace seal`: for authors, after a change in labs/. */
export default defineCommand({
  meta: {
    name: 'seal',
    description: 'For authors: seal the starters, the pristine copies that graders and `reset` use',
    examples: ['pnpm millrace seal lab-6.2', 'pnpm millrace seal        all labs'],
  } as never,
  args: { lab: { type: 'positional', required: false, description: 'the lab; default all' } },
  run({ args }) {
    const root = repositoryRoot()
    for (const lab of args.lab ? [findLab(root, args.lab)] : loadLabs(root)) {
      const { version, changed } = sealStarter(lab)
      process.stdout.write(`lab ${lab.id}: ${changed ? `sealed as version ${version}` : `unchanged, version ${version}`}\n`)
    }
    return 0
  },
})
