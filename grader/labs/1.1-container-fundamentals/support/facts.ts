/** facts.yaml: ways to find something, and what they find. */
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { DockerAnswer } from '../../../engines/docker/client.ts'
import { CodedError } from '../../../errors/coded-error.ts'
import { fail } from '../../../kpi/index.ts'
import type { Learner } from '../../../learner/types.ts'

export interface Fact {
  name: string
  value: string
  line: number
}

const FILE = 'facts.yaml'
const LONGEST = 500

/**
 * The facts of these names.
 * @throws CodedError MR-E-151 for a file that is no map of texts; KpiFailure for a fact that is missing or empty
 */
export async function readFacts<const Name extends string>(learner: Learner, names: readonly Name[]): Promise<Record<Name, Fact>> {
  const lines = new LineCounter()
  const document = parseDocument(await learner.read(FILE), { lineCounter: lines, prettyErrors: false })
  const refuse = (reason: string, offset = 0): never => {
    throw new CodedError('MR-E-151', { file: FILE, line: lines.linePos(offset).line, reason })
  }
  const [error] = document.errors
  if (error) refuse(error.message.replace(/\s+/g, ' ').replace(/\.$/, ''), error.pos[0])
  const root = document.contents
  if (!isMap(root)) return refuse('it must be a map: a name, a colon, a text in quotes')
  const entries = names.map(name => {
    const pair = root.items.find(item => isScalar(item.key) && item.key.value === name)
    if (!pair) return fail({ subject: `${FILE}: ${name}`, expected: 'a way to find it', saw: 'no such key', lookAt: FILE })
    const offset = (pair.key as Node).range![0]
    const { line } = lines.linePos(offset)
    const value: unknown = isScalar(pair.value)
      ? pair.value.value
      : refuse(`${name} must be a text in quotes (a template begins with a brace, which YAML takes for a map)`, offset)
    const text = value === null ? '' : String(value).trim()
    if (text === '')
      fail({ subject: `${FILE}:${line}: ${name}`, expected: 'a way to find it', saw: 'nothing yet', lookAt: `${FILE}:${line}` })
    if (text.length > LONGEST) refuse(`${name} is longer than ${LONGEST} characters`, offset)
    return [name, { name, value: text, line }] as const
  })
  return Object.fromEntries(entries) as unknown as Record<Name, Fact>
}

/** What a template finds; a template that docker refuses is the learner's mistake, in docker's words. */
export async function truth({ name, value, line }: Fact, ask: (template: string) => Promise<DockerAnswer>): Promise<string> {
  const { code, stdout, stderr } = await ask(value)
  if (code === 0) return stdout.trim()
  return fail({
    subject: `${FILE}:${line}: ${name}: ${value}`,
    expected: 'a template that docker can fill in',
    saw: (stderr.trim().split('\n').at(-1) ?? '').slice(0, 300),
    lookAt: `${FILE}:${line}`,
  })
}
