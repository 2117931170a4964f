/** Reads lab.yaml: all its mistakes at once, each with line, column and the nearest right key or value. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../ui/nearest.ts'
import { type Manifest, manifestSchema } from './manifest-schema.ts'
import type { Problem } from './problem.ts'

/** Where a key or value stands in lab.yaml, for mistakes that show only later (a folder that is not there). */
export type Locate = (path: readonly PropertyKey[], key?: string) => { line: number; column: number }

/** The outcome: a manifest when its shape is right; mistakes; and where things stand. */
export interface ParsedManifest {
  manifest: Manifest | undefined
  problems: Problem[]
  locate: Locate
}

/**
 * Parses and checks the text of a lab.yaml by itself (no folders are looked at).
 * @param file name for the mistakes, relative to the repository
 * @param folder name of the lab's folder, which starts with the id
 */
export function parseManifest(text: string, file: string, folder: string): ParsedManifest {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const locate: Locate = (path, key) => {
    const { line, col } = lines.linePos(offsetOf(document.contents, path, key))
    return { line, column: col }
  }
  const problems: Problem[] = []
  const report = (message: string, path: readonly PropertyKey[], key?: string): void => {
    problems.push({ file, ...locate(path, key), message })
  }
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0])
    problems.push({ file, line, column: col, message: `not YAML: ${error.message.replace(/\s+/g, ' ')}` })
  }
  if (problems.length > 0) return { manifest: undefined, problems, locate }
  let plain: unknown
  try {
    plain = document.toJS({ maxAliasCount: 50 }) ?? {}
  } catch (error) {
    report(`not usable: ${(error as Error).message}`, [])
    return { manifest: undefined, problems, locate }
  }
  const parsed = manifestSchema.safeParse(plain)
  if (!parsed.success) {
    reportShape(parsed.error.issues, plain, report)
    return { manifest: undefined, problems, locate }
  }
  checkItself(parsed.data, folder, report)
  return { manifest: parsed.data, problems, locate }
}

/** Character offset of a key (with `key`) or value in the document; of the nearest thing around it when it is not there. */
function offsetOf(contents: unknown, path: readonly PropertyKey[], key?: string): number {
  let node = contents
  let offset = (contents as Node | null)?.range?.[0] ?? 0
  const enter = (part: PropertyKey, wantKey: boolean): boolean => {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(part))
      if (!pair) return false
      offset = (((wantKey ? pair.key : (pair.value ?? pair.key)) as Node).range ?? [offset])[0]
      node = pair.value
      return true
    }
    if (!isSeq(node) || typeof part !== 'number' || node.items[part] === undefined) return false
    node = node.items[part]
    offset = (node as Node).range?.[0] ?? offset
    return true
  }
  for (const part of path) if (!enter(part, false)) return offset
  if (key !== undefined) enter(key, true)
  return offset
}

type Issue = z.core.$ZodIssue
type Report = (message: string, path: readonly PropertyKey[], key?: string) => void

function reportShape(issues: readonly Issue[], value: unknown, report: Report): void {
  const missing = issues.filter(issue => issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined)
  const mistyped = new Set<Issue>()
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const here = missing.filter(other => samePath(other.path.slice(0, -1), issue.path))
    for (const key of issue.keys) {
      // A missing key that looks like this one is this one mistyped: said once, not twice.
      const lost = nearest(
        key,
        here.filter(other => !mistyped.has(other)).map(other => String(other.path.at(-1))),
      )
      const match = lost === null ? undefined : here.find(other => other.path.at(-1) === lost)
      if (match) mistyped.add(match)
      const known = keysAt(issue.path)
      const right = lost ?? nearest(key, known)
      report(`unknown key "${key}": ${right ? `did you mean "${right}"?` : `known keys are ${known.join(', ')}`}`, issue.path, key)
    }
  }
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys' || mistyped.has(issue)) continue
    if (missing.includes(issue)) report(`the key "${String(issue.path.at(-1))}" is missing`, issue.path.slice(0, -1))
    else report(`${named(issue.path)}${messageOf(issue, valueAt(value, issue.path))}`, issue.path)
  }
}

const samePath = (a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean =>
  a.length === b.length && a.every((part, i) => part === b[i])

function keysAt(path: readonly PropertyKey[]): string[] {
  const { kpis, compose } = manifestSchema.shape
  return Object.keys(path[0] === 'kpis' ? kpis.element.shape : path[0] === 'compose' ? compose.unwrap().shape : manifestSchema.shape)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined | null)?.[part], value)
}

/** "kpis[2].points " in front of a message. */
function named(path: readonly PropertyKey[]): string {
  const text = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text === '' ? '' : `${text.replace(/^\./, '')} `
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const right = nearest(String(value), values)
    return `cannot be ${JSON.stringify(value)}: ${right ? `did you mean "${right}"?` : `it is one of ${values.join(', ')}`}`
  }
  if (issue.code !== 'invalid_type') return issue.message.replace(/^Too \w+: expected /, 'must be: ')
  if (issue.path.at(-1) === 'id' && typeof value === 'number')
    return `must be text: write it in quotes, "${value}" (YAML reads 6.10 as the number 6.1)`
  const saw = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : JSON.stringify(value)
  return `must be ${{ array: 'a list', object: 'a map', string: 'text', int: 'a whole number', boolean: 'true or false' }[issue.expected as string] ?? `a ${issue.expected}`}, but is ${saw}`
}

/** What a manifest must keep by itself: ids once, `after` without gaps and rings. */
function checkItself(manifest: Manifest, folder: string, report: Report): void {
  if (!folder.startsWith(`${manifest.id}-`))
    report(`id "${manifest.id}" does not fit the folder ${folder}, which must be named ${manifest.id}-<name>`, ['id'])
  twice(manifest.edit, (path, n) => report(`edit names ${path} twice`, ['edit', n]))
  twice(
    manifest.kpis.map(kpi => kpi.id),
    (id, n) => report(`two KPIs have the id "${id}"`, ['kpis', n, 'id']),
  )
  checkCompose(manifest, report)
  const ids = manifest.kpis.map(kpi => kpi.id)
  for (const [n, kpi] of manifest.kpis.entries()) {
    for (const [m, id] of kpi.after.entries()) {
      if (id === kpi.id) report(`"${id}" waits for itself`, ['kpis', n, 'after', m])
      else if (!ids.includes(id)) {
        const right = nearest(
          id,
          ids.filter(other => other !== kpi.id),
        )
        report(`after names no KPI "${id}"${right ? `: did you mean "${right}"?` : ''}`, ['kpis', n, 'after', m])
      }
    }
    twice(kpi.mutants, (name, m) => report(`"${kpi.id}" names the mutant ${name} twice`, ['kpis', n, 'mutants', m]))
    if (kpi.needs.includes('docker') && !manifest.engines.includes('docker'))
      report(`"${kpi.id}" needs docker, which is not among the engines`, ['kpis', n, 'needs'])
  }
  const ring = findRing(manifest.kpis)
  if (ring) report(`KPIs wait for each other in a ring: ${[...ring, ring[0]].join(' → ')}`, ['kpis', ids.indexOf(ring[0]!), 'after'])
}

/** These find each other by one broker: on the docker engine all of them are containers, or none. */
const AROUND_THE_BROKER = ['kafka', 'registry', 'connect'] as const

/** The services of the compose file must be services of the lab. */
function checkCompose({ compose, services, engines }: Manifest, report: Report): void {
  const mapped = Object.keys(compose) as (keyof typeof compose)[]
  if (mapped.length > 0 && !engines.includes('docker'))
    report('compose is for the engine docker, which is not among the engines', [], 'compose')
  for (const name of mapped)
    if (!services.includes(name)) report(`compose maps ${name}, which is not among the services`, ['compose'], name)
  const around = AROUND_THE_BROKER.filter(name => services.includes(name))
  const missing = around.find(name => !compose[name])
  const present = around.find(name => compose[name])
  if (missing && present) report(`compose maps ${present} but not ${missing}: they share one broker, map both`, ['compose'], present)
}

function twice(items: readonly string[], found: (item: string, index: number) => void): void {
  items.forEach((item, index) => {
    if (items.indexOf(item) < index) found(item, index)
  })
}

function findRing(kpis: Manifest['kpis']): string[] | undefined {
  const after = new Map(kpis.map(kpi => [kpi.id, kpi.after.filter(id => id !== kpi.id)]))
  const done = new Set<string>()
  const visit = (id: string, trail: string[]): string[] | undefined => {
    if (trail.includes(id)) return trail.slice(trail.indexOf(id))
    if (done.has(id)) return undefined
    for (const other of after.get(id) ?? []) {
      const ring = visit(other, [...trail, id])
      if (ring) return ring
    }
    done.add(id)
    return undefined
  }
  for (const kpi of kpis) {
    const ring = visit(kpi.id, [])
    if (ring) return ring
  }
  return undefined
}
