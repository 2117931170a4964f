import { expect, test } from 'vitest'
import { blocksUnder, parseMarkdown } from './document.ts'

const PAGE = `# Volumes

## Life cycle

| operation | **named** | \`bind\` |
|---|---|---|
| \`docker compose down\` | kept | a *b* \\| c |

\`\`\`md
## Not a heading
| no | table |
|---|---|
\`\`\`

### Part

- item

      # indented code

## Next
\`\`\`sh
echo hi
\`\`\`
`

test('blocks with their lines; what stands in a fence is no heading and no table', () => {
  expect(parseMarkdown('P.md', PAGE).blocks).toEqual([
    { type: 'heading', line: 1, level: 1, text: 'Volumes' },
    { type: 'heading', line: 3, level: 2, text: 'Life cycle' },
    {
      type: 'table',
      line: 5,
      header: ['operation', 'named', 'bind'],
      rows: [{ line: 7, cells: ['docker compose down', 'kept', 'a b | c'] }],
    },
    { type: 'fence', line: 10, language: 'md', text: '## Not a heading\n| no | table |\n|---|---|\n' },
    { type: 'heading', line: 15, level: 3, text: 'Part' },
    { type: 'heading', line: 21, level: 2, text: 'Next' },
    { type: 'fence', line: 23, language: 'sh', text: 'echo hi\n' },
  ])
})

test('a section ends at the next heading of its level', () => {
  const page = parseMarkdown('P.md', PAGE)
  expect(blocksUnder(page, ' life  CYCLE')!.map(({ line }) => line)).toEqual([5, 10, 15])
  expect(blocksUnder(page, 'Not a heading')).toBeUndefined()
  expect(blocksUnder(page, undefined)).toHaveLength(7)
})
