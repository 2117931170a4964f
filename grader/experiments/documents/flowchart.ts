/** Reads a Mermaid flowchart as a graph. Grammar: mermaid.js.org/syntax/flowchart.html; shapes, colours and directions carry no meaning here. */
import { CodedError } from '../../errors/coded-error.ts'
import { blocksUnder, type MarkdownDocument } from './document.ts'
import { FlowScanner } from './flow-scanner.ts'

export interface DrawnNode {
  id: string
  /** Text in the shape, without tags; the id where there is none. */
  label: string
  line: number
}

export interface DrawnEdge {
  from: string
  to: string
  label: string
  /** False for lines without an arrow head (`---`). */
  directed: boolean
  line: number
}

export interface Flowchart {
  file: string
  nodes: Map<string, DrawnNode>
  edges: DrawnEdge[]
}

/** Nodes and edges of one picture. */
const LIMIT = 500
const IGNORED = /^(?:classDef|class|style|linkStyle|click|direction|accTitle|accDescr)\b/

/**
 * The first Mermaid flowchart of a document, or of a section of it.
 * @throws CodedError MR-E-150 when there is none, MR-E-151 with the line that cannot be read
 */
export function readFlowchart(document: MarkdownDocument, options: { under?: string } = {}): Flowchart {
  const { file } = document
  const charts = (blocksUnder(document, options.under) ?? []).filter(block => block.type === 'fence' && block.language === 'mermaid')
  const chart = charts.find(block => block.type === 'fence' && /^\s*(?:%%.*\n\s*)*(?:flowchart|graph)\b/.test(block.text))
  if (chart?.type !== 'fence')
    throw new CodedError('MR-E-150', {
      file,
      what: 'Mermaid flowchart',
      where: options.under ? ` under the heading "${options.under}"` : '',
    })
  return parseFlowchart(file, chart.text, chart.line)
}

/**
 * A flowchart's text as a graph.
 * @param line the file's line of the text's first
 */
export function parseFlowchart(file: string, text: string, line = 1): Flowchart {
  const graph: Flowchart = { file, nodes: new Map(), edges: [] }
  const groups: string[] = []
  let begun = false
  for (const [n, raw] of text.split('\n').entries()) {
    const here = line + n
    const fail = (reason: string): never => {
      throw new CodedError('MR-E-151', { file, line: here, reason })
    }
    for (const statement of statementsOf(raw)) {
      if (/^(?:flowchart|graph)\b/.test(statement)) begun = true
      else if (!begun) fail('it does not begin with `flowchart`')
      else if (/^subgraph\b/.test(statement)) groups.push(statement)
      else if (statement === 'end') groups.pop() ?? fail('`end` without `subgraph`')
      else if (!IGNORED.test(statement)) readChain(graph, new FlowScanner(statement, fail), here)
      if (graph.nodes.size > LIMIT || graph.edges.length > LIMIT) fail(`it has more than ${LIMIT} nodes or edges`)
    }
  }
  return graph
}

/** `a & b --> c -- text --> d`: every node of a step is joined with every node of the next. */
function readChain(graph: Flowchart, scanner: FlowScanner, line: number): void {
  let left = readGroup(graph, scanner, line)
  while (!scanner.atEnd) {
    const link = scanner.link()
    const right = readGroup(graph, scanner, line)
    for (const from of left)
      for (const to of right) {
        if (link.hidden) continue
        graph.edges.push({ from, to, label: link.label, directed: link.forward || link.backward, line })
        if (link.backward && link.forward) graph.edges.push({ from: to, to: from, label: link.label, directed: true, line })
      }
    left = right
  }
}

function readGroup(graph: Flowchart, scanner: FlowScanner, line: number): string[] {
  const ids: string[] = []
  do {
    const { id, label } = scanner.node()
    const known = graph.nodes.get(id)
    if (!known) graph.nodes.set(id, { id, label: label ?? id, line })
    else if (label !== undefined) known.label = label
    ids.push(id)
  } while (scanner.ampersand())
  return ids
}

/** The statements of a line, without comments; a semicolon inside quotes or a shape separates nothing. */
function statementsOf(raw: string): string[] {
  const text = raw.trim().startsWith('%%') ? '' : raw
  const statements = ['']
  let quoted = false
  let depth = 0
  for (const char of text) {
    if (char === '"') quoted = !quoted
    if (!quoted && '[({'.includes(char)) depth++
    if (!quoted && '])}'.includes(char)) depth--
    if (char === ';' && !quoted && depth <= 0) statements.push('')
    else statements[statements.length - 1] += char
  }
  return statements.map(statement => statement.trim()).filter(Boolean)
}
