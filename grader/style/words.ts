/** Words and places that have no business in a committed file. */
import { lineAt, type SourceFile, type Violation } from './source.ts'

// With spaces for dots, so that a search for a host finds only real mentions.
const HOSTS = [
  'registry npmjs org',
  'registry yarnpkg com',
  'pypi org',
  'files pythonhosted org',
  'repo1 maven org',
  'repo maven apache org',
  'proxy golang org',
  'sum golang org',
]
const HYPE = [
  'blazing',
  'blazingly',
  'seamless',
  'seamlessly',
  'cutting-edge',
  'world-class',
  'game-changing',
  'game-changer',
  'revolutionary',
  'effortless',
  'effortlessly',
  'supercharge',
  'delve',
  'synergy',
]

const PATTERNS: [RegExp, string][] = [
  [
    new RegExp(HOSTS.map(host => host.replaceAll(' ', '\\.')).join('|'), 'g'),
    'host name of a package registry: the user may have another one configured',
  ],
  [/(?<![\w.}$-])\/(?:work|root)\/\w/g, 'path of one machine'],
  [/(?<![\w.}$-])\/(?:home|Users)\/(?!you\b|user\b|u\b|node\b|vscode\b|codespace\b|\W)\w+/g, 'path of one person’s machine'],
  [new RegExp(`\\b(${HYPE.join('|')})\\b`, 'gi'), 'hype: say what it does, with a figure'],
]

/** Registry host names, paths of one machine, and hype. */
export function wordViolations(file: SourceFile): Violation[] {
  if (file.path === 'grader/style/words.ts') return []
  return PATTERNS.flatMap(([pattern, why]) =>
    [...file.text.matchAll(pattern)].map(match => ({
      path: file.path,
      line: lineAt(file.text, match.index),
      message: `"${match[0]}": ${why}`,
    })),
  )
}
