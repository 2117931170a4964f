/** `pnpm millrace seal`: an author's command that makes the pristine copies of the labs. */
import { defineCommand } from 'citty'
import { sealProblems } from '../course/lab-check.ts'
import { findFolder, labFolders, manifestError, readLab } from '../course/labs.ts'
import { problemLines } from '../course/problem.ts'
import { repositoryRoot } from '../course/root.ts'
import { sealStarter } from '../course/starter.ts'
import { terminalOf } from '../ui/terminal.ts'

/** Seals one lab or all; says what changed, a line a file. */
export function sealLabs(root: string, folders: readonly string[]): string[] {
  return folders.flatMap(folder => {
    const { lab, problems } = readLab(root, folder, 'folder')
    if (!lab) throw manifestError(problems, folder)
    const { version, changes } = sealStarter(lab)
    if (changes.length === 0) return [`lab ${lab.id}: sealed already, version ${version}`]
    return [`lab ${lab.id}: sealed as version ${version}`, ...changes.map(({ path, change }) => `  ${change.padEnd(8)} ${path}`)]
  })
}

/** `pnpm millrace seal [lab] [--check]` */
export default defineCommand({
  meta: {
    name: 'seal',
    description: 'For authors: keep labs/<lab>/ as the starter that learners get (grader/labs/<lab>/starter.json)',
    examples: [
      'pnpm millrace seal 6.2        seal one lab after changing its starter',
      'pnpm millrace seal --check    exit 1 when a starter differs from its seal',
    ],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'lab-6.2, 6.2 or the folder name; without it every lab' },
    check: { type: 'boolean', description: 'change nothing; say what is not sealed and exit 1' },
  },
  run({ args }) {
    const root = repositoryRoot()
    const term = terminalOf()
    const folders = args.lab ? [findFolder(root, args.lab)] : labFolders(root)
    const lines = args.check ? problemLines(folders.flatMap(folder => sealProblems(root, folder))) : sealLabs(root, folders)
    for (const line of lines) console.log(term.text(line))
    if (args.check && lines.length === 0)
      console.log(
        `${term.sym.pass} ${folders.length === 1 ? 'the starter is' : `all ${folders.length} starters are`} sealed as they stand in labs/`,
      )
    return args.check && lines.length > 0 ? 1 : 0
  },
})
