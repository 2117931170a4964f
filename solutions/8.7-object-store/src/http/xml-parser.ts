import { LIMITS } from '../limits.ts'
import { S3Error } from './errors.ts'

/** A parsed element: local name (prefixes dropped), text (of leaves, untrimmed) and child elements. */
export interface XmlElement {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y
const ATTRIBUTE = /\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')/y
const SPACE = /\s*/y
const LONGEST_REFERENCE = '&#1114111;'.length

/**
 * Parses the little XML that S3 requests are made of: elements, attributes (ignored), text, CDATA, comments, one declaration.
 * No DTD, hence no entities to expand; depth, elements and size are limited; one pass, no recursion.
 * Throws `MalformedXML` for anything else.
 */
export function parseXml(source: string): XmlElement {
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0
  let elements = 0
  let root: XmlElement | undefined
  const open: { element: XmlElement; qualified: string }[] = []

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const skipTo = (end: string, from: number): number => {
    const stop = source.indexOf(end, from)
    if (stop < 0) malformed()
    at = stop + end.length
    return stop
  }
  const expect = (text: string) => {
    if (!source.startsWith(text, at)) malformed()
    at += text.length
  }

  if (source.startsWith('<?xml', at)) skipTo('?>', at)
  while (at < source.length) {
    const current = open.at(-1)?.element
    if (source[at] !== '<') {
      const stop = source.indexOf('<', at)
      const text = source.slice(at, stop < 0 ? source.length : stop)
      if (current) current.text += decodeEntities(text)
      else if (text.trim() !== '') malformed()
      at += text.length
    } else if (source.startsWith('<!--', at)) {
      skipTo('-->', at + 4)
    } else if (source.startsWith('<![CDATA[', at)) {
      const start = at + 9
      const stop = skipTo(']]>', start)
      if (!current) malformed()
      current.text += source.slice(start, stop)
    } else if (source.startsWith('</', at)) {
      at += 2
      const name = match(NAME)
      match(SPACE)
      expect('>')
      if (open.pop()?.qualified !== name) malformed()
    } else {
      at += 1
      const qualified = match(NAME) ?? malformed()
      while (match(ATTRIBUTE) !== undefined);
      match(SPACE)
      const empty = source[at] === '/'
      if (empty) at++
      expect('>')
      const element: XmlElement = { name: qualified.slice(qualified.indexOf(':') + 1), text: '', children: [] }
      if (++elements > LIMITS.xmlElements || open.length >= LIMITS.xmlDepth) malformed()
      if (current) current.children.push(element)
      else if (root) malformed()
      else root = element
      if (!empty) open.push({ element, qualified })
    }
  }
  if (!root || open.length > 0) malformed()
  return root
}

/** The children of that name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(child => child.name === name)
}

/** The text of the only child of that name, or undefined. Throws `MalformedXML` when there are several. */
export function childText(element: XmlElement, name: string): string | undefined {
  const found = childrenOf(element, name)
  if (found.length > 1) malformed()
  return found[0]?.text
}

function decodeEntities(text: string): string {
  let decoded = ''
  for (let at = 0; ; ) {
    const start = text.indexOf('&', at)
    if (start < 0) return decoded + text.slice(at)
    const end = text.indexOf(';', start)
    if (end < 0 || end - start > LONGEST_REFERENCE) malformed()
    decoded += text.slice(at, start) + decodeReference(text.slice(start + 1, end))
    at = end + 1
  }
}

function decodeReference(name: string): string {
  const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name)
  if (!match) return (Object.hasOwn(ENTITIES, name) && ENTITIES[name]) || malformed()
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) malformed()
  return String.fromCodePoint(code)
}

function malformed(): never {
  throw new S3Error('MalformedXML')
}
