/** The house style that a program can check. Each rule looks at one file and names the places where it is broken. */
import { posix } from 'node:path'
import { lineAt, type Node, nodesOf, type SourceFile, type Violation } from './source.ts'

/** One rule. */
export interface Rule {
  name: string
  applies: (path: string) => boolean
  check: (file: SourceFile) => Violation[]
}

const isTs = (path: string): boolean => path.endsWith('.ts')
const isTest = (path: string): boolean => /\.test\.ts$|\/(tests|bench|testing|hostile|samples)\/|\/(testing|fixture)[\w-]*\.ts$/.test(path)
const isKpi = (path: string): boolean => /^grader\/labs\/[^/]+\/.*\.test\.ts$/.test(path)
const at = (file: SourceFile, offset: number, message: string): Violation => ({ path: file.path, line: lineAt(file.text, offset), message })

/** Every rule of one file; the rules over the whole repository are in the test. */
export const RULES: Rule[] = [
  {
    name: 'files are short',
    applies: isTs,
    check: file => {
      const [limit, what] = isKpi(file.path) ? [120, 'a KPI test'] : [300, 'a .ts file']
      const lines = file.text.replace(/\n$/, '').split('\n').length
      return lines > limit
        ? [{ path: file.path, line: limit + 1, message: `${lines} lines; ${what} has at most ${limit}: split it by behaviour` }]
        : []
    },
  },
  {
    name: 'the grader imports nothing from labs/ or solutions/',
    applies: path => isTs(path) && path.startsWith('grader/'),
    check: file =>
      importsOf(file).flatMap(({ source, start }) => {
        const target = source.startsWith('.') ? posix.join(posix.dirname(file.path), source) : source
        return /^(labs|solutions)\//.test(target) ? [at(file, start, `imports ${target}: the grader talks to running programs`)] : []
      }),
  },
  {
    name: 'exported functions and classes have doc comments',
    applies: path => isTs(path) && !isTest(path) && !/^solutions\/[^/]+\/mutants\//.test(path),
    check: file => undocumented(file),
  },
  {
    name: 'solutions are finished',
    applies: path => path.startsWith('solutions/'),
    check: file => [...file.text.matchAll(/\b(TODO|FIXME|XXX)\b/g)].map(match => at(file, match.index, `${match[1]} in a solution`)),
  },
  {
    name: 'no test is switched off',
    applies: path => isTs(path) && (isTest(path) || isKpi(path)),
    check: file =>
      members(file, ['test', 'it', 'describe', 'suite', 'kpi', 'bench'], ['skip', 'only', 'todo', 'fails']).map(({ start, name }) =>
        at(file, start, `${name}: every test runs`),
      ),
  },
  {
    name: 'KPI tests wait for conditions, they do not sleep',
    applies: isKpi,
    check: file => [
      ...calls(file, ['setTimeout', 'sleep', 'delay']).map(({ start, name }) =>
        at(file, start, `${name}(): wait with eventually(condition)`),
      ),
      ...importsOf(file)
        .filter(({ source }) => /timers\/promises$/.test(source))
        .map(({ start }) => at(file, start, 'timers/promises: wait with eventually(condition)')),
    ],
  },
  {
    name: 'SQL, Lua and HTML live in files of their own',
    applies: path => isTs(path) && !isTest(path) && !isKpi(path),
    check: file =>
      [...nodesOf(file)].flatMap(node => {
        if (node.type !== 'TemplateLiteral') return []
        const raw = file.text.slice(node.start, node.end)
        const language = raw.split('\n').length > 4 ? languageOf(raw) : undefined
        // One short statement reads best beside the call that runs it, and one whose identifiers come at run time cannot be a file.
        if (language === 'SQL' && raw.split('\n').length <= 8) return []
        return language
          ? [at(file, node.start, `${raw.split('\n').length} lines of ${language} in a template string: put them into a file`)]
          : []
      }),
  },
]

function languageOf(text: string): string | undefined {
  if (/\b(SELECT\b[\s\S]*\bFROM|INSERT\s+INTO|CREATE\s+(TABLE|INDEX|FUNCTION)|UPDATE\s+\S+\s+SET)\b/i.test(text)) return 'SQL'
  if (/\bredis\.p?call\b|\blocal\s+\w+\s*=[\s\S]*\bend\b/.test(text)) return 'Lua'
  if (/<(html|body|div|table|svg|script|style)[\s>]/i.test(text)) return 'HTML'
  return undefined
}

function importsOf(file: SourceFile): { source: string; start: number }[] {
  return [...nodesOf(file)].flatMap(node => {
    const source = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType'].includes(
      node.type,
    )
      ? node['source']
      : undefined
    const value = (source as { value?: unknown } | null | undefined)?.value
    return typeof value === 'string' ? [{ source: value, start: node.start }] : []
  })
}

function calls(file: SourceFile, names: string[]): { start: number; name: string }[] {
  return [...nodesOf(file)].flatMap(node => {
    const callee = node.type === 'CallExpression' ? (node['callee'] as Node & { name?: string }) : undefined
    return callee?.type === 'Identifier' && names.includes(callee.name!) ? [{ start: node.start, name: callee.name! }] : []
  })
}

function members(file: SourceFile, objects: string[], names: string[]): { start: number; name: string }[] {
  return [...nodesOf(file)].flatMap(node => {
    if (node.type !== 'MemberExpression') return []
    const object = (node['object'] as { name?: string }).name ?? ''
    const property = (node['property'] as { name?: string }).name ?? ''
    return objects.includes(object) && names.includes(property) ? [{ start: node.start, name: `${object}.${property}` }] : []
  })
}

function undocumented(file: SourceFile): Violation[] {
  const found: Violation[] = []
  let last = ''
  for (const node of nodesOf(file)) {
    if (node.type !== 'ExportNamedDeclaration') continue
    const declaration = node['declaration'] as (Node & { id?: { name: string } }) | null
    const name = declaration ? exportedFunction(declaration) : undefined
    if (name === undefined) continue
    // Overloads share the comment of the first.
    if (name !== last && !/\*\/\s*$/.test(file.text.slice(0, node.start)))
      found.push(at(file, node.start, `${name} has no doc comment: what it does, units, what it throws`))
    last = name
  }
  return found
}

function exportedFunction(declaration: Node): string | undefined {
  const named = declaration as Node & { id?: { name: string } }
  if (['FunctionDeclaration', 'TSDeclareFunction', 'ClassDeclaration'].includes(declaration.type)) return named.id?.name
  if (declaration.type !== 'VariableDeclaration') return undefined
  const [declarator] = declaration['declarations'] as { id: { name: string }; init: Node | null }[]
  return declarator?.init && ['ArrowFunctionExpression', 'FunctionExpression'].includes(declarator.init.type)
    ? declarator.id.name
    : undefined
}
