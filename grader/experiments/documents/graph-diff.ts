/** A drawn graph against one that runs: what is missing in the picture, and what it invents. */
import { fail } from '../../kpi/fail.ts'
import { fold } from './document.ts'
import type { Flowchart } from './flowchart.ts'

/** What runs. Names are those of the system (services, networks). */
export interface RunningGraph {
  nodes: readonly string[]
  edges: readonly { from: string; to: string; because?: string }[]
}

/** Differences, each a sentence with the line of the file where there is one. */
export interface GraphDifference {
  missingNodes: string[]
  inventedNodes: string[]
  missingEdges: string[]
  inventedEdges: string[]
}

/**
 * Compares by name: a drawn node stands for what has its id, else its label, else the first word of its label, as name.
 * @param options.directed false: an edge counts in whichever direction it is drawn (default true)
 * @param options.mayDraw names that may be drawn although they do not run (a browser, the host)
 */
export function diffGraph(
  drawn: Flowchart,
  running: RunningGraph,
  options: { directed?: boolean; mayDraw?: readonly string[] } = {},
): GraphDifference {
  const { directed = true, mayDraw = [] } = options
  const names = new Map([...running.nodes, ...mayDraw].map(name => [fold(name), name]))
  const nameOf = (id: string): string | undefined => {
    const { label } = drawn.nodes.get(id)!
    return names.get(fold(id)) ?? names.get(fold(label)) ?? names.get(fold(label.split(/[\s:(,]/)[0]!))
  }
  const key = (from: string, to: string) => (directed ? [from, to] : [from, to].sort()).join('\0')
  const shown = new Set([...drawn.nodes.keys()].map(nameOf))
  const runs = new Set(running.edges.map(({ from, to }) => key(from, to)))
  const known = drawn.edges.map(edge => ({ ...edge, a: nameOf(edge.from), b: nameOf(edge.to) }))
  const seen = new Set(known.flatMap(({ a, b }) => (a !== undefined && b !== undefined ? [key(a, b)] : [])))
  const free = (name: string) => mayDraw.includes(name)
  return {
    missingNodes: running.nodes.filter(name => !shown.has(name)),
    inventedNodes: [...drawn.nodes.values()]
      .filter(({ id }) => nameOf(id) === undefined)
      .map(({ id, line }) => `${id} (${drawn.file}:${line})`),
    missingEdges: running.edges
      .filter(({ from, to }) => !seen.has(key(from, to)))
      .map(({ from, to, because }) => `${from} → ${to}${because ? ` (${because})` : ''}`),
    inventedEdges: known.flatMap(({ a, b, line }) =>
      a === undefined || b === undefined || free(a) || free(b) || runs.has(key(a, b)) ? [] : [`${a} → ${b} (${drawn.file}:${line})`],
    ),
  }
}

/**
 * Ends the KPI when picture and system differ, with every difference by name.
 * @throws KpiFailure
 */
export function expectSameGraph(
  drawn: Flowchart,
  running: RunningGraph,
  options: { directed?: boolean; mayDraw?: readonly string[] } = {},
): void {
  const { missingNodes, inventedNodes, missingEdges, inventedEdges } = diffGraph(drawn, running, options)
  const details = [
    ...missingNodes.map(name => `runs, but is not drawn: ${name}`),
    ...missingEdges.map(edge => `is there, but is not drawn: ${edge}`),
    ...inventedNodes.map(name => `is drawn, but nothing of that name runs: ${name}`),
    ...inventedEdges.map(edge => `is drawn, but is not there: ${edge}`),
  ]
  if (details.length === 0) return
  fail({
    subject: `the flowchart in ${drawn.file}, held against what runs`,
    expected: `${running.nodes.length} nodes (${running.nodes.join(', ')}) and ${running.edges.length} edges`,
    saw: `${details.length} difference${details.length === 1 ? '' : 's'}`,
    details,
  })
}
