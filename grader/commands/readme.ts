/** `pnpm millrace readme`: an author's command. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { writeFileAtomic } from '../course/json-file.ts'
import { loadLabs } from '../course/labs.ts'
import { withLabTable } from '../course/readme.ts'
import { repositoryRoot } from '../course/root.ts'

/** Writes the table of labs into README.md. */
export default defineCommand({
  meta: { name: 'readme', description: 'For authors: write the table of labs into README.md', examples: ['pnpm millrace readme'] } as never,
  run() {
    const file = join(repositoryRoot(), 'README.md')
    const before = readFileSync(file, 'utf8')
    const after = withLabTable(before, loadLabs(repositoryRoot()))
    if (after !== before) writeFileAtomic(file, after)
    console.log(after === before ? 'README.md: the table of labs is right' : 'README.md: table of labs written')
    return 0
  },
})
