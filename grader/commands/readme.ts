/** `pnpm millrace readme`: an author's command. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { writeFileAtomic } from '../course/json-file.ts'
import { readmeParts, withPart } from '../course/readme.ts'
import { repositoryRoot } from '../course/root.ts'

/** Writes the tables of labs and figures into README.md. */
export default defineCommand({
  meta: {
    name: 'readme',
    description: 'For authors: write the tables of labs and figures into README.md',
    examples: ['pnpm millrace readme'],
  } as never,
  run() {
    const file = join(repositoryRoot(), 'README.md')
    const before = readFileSync(file, 'utf8')
    const after = Object.entries(readmeParts(repositoryRoot())).reduce((text, [name, part]) => withPart(text, name, part), before)
    if (after !== before) writeFileAtomic(file, after)
    console.log(after === before ? 'README.md: its tables are right' : 'README.md: tables written')
    return 0
  },
})
