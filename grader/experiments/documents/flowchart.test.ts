import { describe, expect, test } from 'vitest'
import type { CodedError } from '../../errors/coded-error.ts'
import { parseMarkdown } from './document.ts'
import { parseFlowchart, readFlowchart } from './flowchart.ts'

const edges = (text: string) =>
  parseFlowchart('N.md', `flowchart LR\n${text}`).edges.map(e => `${e.from}${e.directed ? '>' : '-'}${e.to}${e.label && `:${e.label}`}`)
const nodes = (text: string) =>
  Object.fromEntries([...parseFlowchart('N.md', `flowchart TD\n${text}`).nodes.values()].map(n => [n.id, n.label]))

test.each([
  ['a --> b', ['a>b']],
  ['a-->b-->c', ['a>b', 'b>c']],
  ['a --> b & c --> d', ['a>b', 'a>c', 'b>d', 'c>d']],
  ['a & b --> c', ['a>c', 'b>c']],
  ['a --- b', ['a-b']],
  ['a <--> b', ['a>b', 'b>a']],
  ['a -.-> b ==> c ----> d', ['a>b', 'b>c', 'c>d']],
  ['a -->|5432/tcp| b', ['a>b:5432/tcp']],
  ['a -- speaks SQL --> b', ['a>b:speaks SQL']],
  ['a -. rarely .-> b', ['a>b:rarely']],
  ['a == often ==> b', ['a>b:often']],
  ['a -- text --- b', ['a-b:text']],
  ['a --o b --x c', ['a>b', 'b>c']],
  ['a ~~~ b', []],
  ['a --> b; b --> c', ['a>b', 'b>c']],
  ['node-1 --> my.db_2', ['node-1>my.db_2']],
  ['node-1-->db', ['node-1>db']],
  ['a --> over', ['a>over']],
  ['a:::big --> b[(Base; of data)]:::small', ['a>b']],
  ['%% a --> x\na --> b', ['a>b']],
  [
    'subgraph net [back end]\n direction TB\n a --> b\nend\nb --> c\nclassDef big fill:#f9f\nclass a big\nstyle b fill:#fff\nlinkStyle 0 stroke:red',
    ['a>b', 'b>c'],
  ],
])('%s', (text, expected) => expect(edges(text)).toEqual(expected))

test('every shape is a node with its label', () => {
  expect(
    nodes(
      'a[Rect]\nb(Round)\nc([Stadium])\nd[[Sub]]\ne[(Base)]\nf((Circle))\ng>Flag]\nh{Rhombus}\ni{{Hex}}\nj[/Lean/]\nk[\\Lean\\]\nl[/Trap\\]\nm(((Double)))\nn["quoted ] (x)"]\no["two<br/>lines"]\np@{ shape: cyl, label: "At" }\nq',
    ),
  ).toEqual({
    ...{ a: 'Rect', b: 'Round', c: 'Stadium', d: 'Sub', e: 'Base', f: 'Circle', g: 'Flag', h: 'Rhombus', i: 'Hex', j: 'Lean', k: 'Lean' },
    ...{ l: 'Trap', m: 'Double', n: 'quoted ] (x)', o: 'two lines', p: 'At', q: 'q' },
  })
})

test('lines are those of the document; of several pictures the flowchart of the section is read', () => {
  const page = parseMarkdown(
    'N.md',
    '# A\n```mermaid\nsequenceDiagram\n A->>B: x\n```\n## Net\n```mermaid\n%% ours\nflowchart LR\n  web --> db\n```\n',
  )
  const { nodes: found, edges: links } = readFlowchart(page, { under: 'Net' })
  expect([...found.values()].map(({ id, line }) => [id, line])).toEqual([
    ['web', 10],
    ['db', 10],
  ])
  expect(links).toEqual([{ from: 'web', to: 'db', label: '', directed: true, line: 10 }])
})

describe('what cannot be read is named with its line', () => {
  test.each([
    ['flowchart LR\n  a --> ', 'MR-E-151 N.md:4 cannot be read: a link leads nowhere'],
    ['flowchart LR\n  a b', 'a link such as `-->` is expected at "b"'],
    ['flowchart LR\n  a[open --> b', 'N.md:4 cannot be read: the shape that "[" opens is not closed'],
    ['flowchart LR\n  --> b', 'a node is expected'],
    ['flowchart LR\nend', '`end` without `subgraph`'],
    [`flowchart LR\n${Array.from({ length: 600 }, (_, n) => `n${n}`).join('\n')}`, 'more than 500 nodes'],
    ['sequenceDiagram\nA->>B: x', 'MR-E-150 N.md has no Mermaid flowchart'],
  ])('%s', (text, message) => {
    const read = () => readFlowchart(parseMarkdown('N.md', `# N\n\`\`\`mermaid\n${text}\n\`\`\`\n`))
    let error: CodedError | undefined
    try {
      read()
    } catch (caught) {
      error = caught as CodedError
    }
    expect(`${error!.code} ${error!.errorTitle}`).toContain(message)
  })

  test('no such section', () =>
    expect(() => readFlowchart(parseMarkdown('N.md', '# A'), { under: 'Net' })).toThrow('under the heading "Net"'))
})
